using System.Numerics.Tensors;

namespace VectorDb.Vectors;

/// <summary>The best of all vectors offered, no more of them at any time than are asked for.</summary>
internal sealed class BestHits(int count)
{
    // The worst first, so that it is the one to go. Of equals the later id is the worse: a search gives the same answer every time.
    private readonly PriorityQueue<StoredVector, (float Score, string Id)> _best = new(Comparer<(float Score, string Id)>.Create(static (a, b) =>
        a.Score != b.Score ? a.Score.CompareTo(b.Score) : string.CompareOrdinal(b.Id, a.Id)));

    public void Offer(StoredVector vector, ReadOnlySpan<float> wanted)
    {
        // Rounding may go beyond 1.
        var score = Math.Clamp(TensorPrimitives.CosineSimilarity(StoredVector.ToVector(vector.Values), wanted), -1, 1);
        if (_best.Count < count)
        {
            _best.Enqueue(vector, (score, vector.Id));
        }
        else
        {
            _best.EnqueueDequeue(vector, (score, vector.Id));
        }
    }

    public IReadOnlyList<SearchHit> ToList()
    {
        var hits = new List<SearchHit>(_best.Count);
        while (_best.TryDequeue(out var vector, out var rank))
        {
            hits.Add(new SearchHit(vector.Id, rank.Score, vector.Metadata is { } text ? VectorRules.ReadMetadata(text) : null));
        }

        hits.Reverse();
        return hits;
    }
}

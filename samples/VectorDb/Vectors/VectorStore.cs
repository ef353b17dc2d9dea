using Microsoft.EntityFrameworkCore;

namespace VectorDb.Vectors;

/// <summary>The stores: made, filled and searched by any number of callers at once.</summary>
internal sealed class VectorStore(IDbContextFactory<VectorDatabase> databases, WriteQueue writes)
{
    /// <inheritdoc cref="WriteQueue.IsDiskFull"/>
    public bool IsDiskFull => writes.IsDiskFull;

    /// <exception cref="VectorException">The name is not valid, or taken.</exception>
    public async Task<StoreInfo> CreateStoreAsync(string? name, CancellationToken cancellationToken)
    {
        VectorRules.CheckName(name);
        return await writes.RunAsync(
            async database =>
            {
                if (await database.Stores.AnyAsync(s => s.Name == name))
                {
                    throw new VectorException(VectorProblem.Conflict, $"Store '{name}' already exists.");
                }

                var store = database.Add(new Store { Name = name!, CreatedAt = DateTimeOffset.UtcNow }).Entity;
                return new StoreInfo(store.Name, store.Dimensions, 0, store.CreatedAt);
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<StoreInfo>> ListStoresAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Infos(database, database.Stores.OrderBy(static s => s.Name)).ToListAsync(cancellationToken);
    }

    /// <exception cref="VectorException">There is no such store.</exception>
    public async Task<StoreInfo> GetStoreAsync(string? name, CancellationToken cancellationToken)
    {
        VectorRules.CheckName(name);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Infos(database, database.Stores.Where(s => s.Name == name)).SingleOrDefaultAsync(cancellationToken) ?? throw NoStore(name);
    }

    /// <summary>Stores a vector, in place of the one of the same id if there is one.</summary>
    /// <exception cref="VectorException">There is no such store, or the vector is none for it.</exception>
    public async Task<InsertedVector> InsertAsync(
        string? name, string? id, float[]? vector, string? metadata, CancellationToken cancellationToken)
    {
        VectorRules.CheckName(name);
        VectorRules.CheckId(id);
        VectorRules.CheckVector(vector);
        VectorRules.CheckMetadata(metadata);

        return await writes.RunAsync(
            async database =>
            {
                var store = await FindAsync(database, name, CancellationToken.None);
                CheckDimensions(store, vector!);
                store.Dimensions = vector!.Length;

                var stored = await database.Vectors.FindAsync(store.Id, id);
                var isReplaced = stored is not null;
                stored ??= database.Add(new StoredVector { StoreId = store.Id, Id = id!, Values = [] }).Entity;
                stored.Values = StoredVector.ToBytes(vector);
                stored.Metadata = metadata;
                return new InsertedVector(store.Name, stored.Id, isReplaced);
            },
            cancellationToken);
    }

    /// <summary>The vectors most similar to one, the best first.</summary>
    /// <exception cref="VectorException">There is no such store, or the vector is none for it.</exception>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(string? name, float[]? vector, int k, CancellationToken cancellationToken)
    {
        VectorRules.CheckName(name);
        VectorRules.CheckVector(vector);
        VectorRules.CheckResults(k);

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var store = await FindAsync(database, name, cancellationToken);
        CheckDimensions(store, vector!);

        var best = new BestHits(k);
        var all = database.Vectors.AsNoTracking().Where(v => v.StoreId == store.Id).AsAsyncEnumerable();
        await foreach (var stored in all.WithCancellation(cancellationToken))
        {
            best.Offer(stored, vector);
        }

        return best.ToList();
    }

    /// <summary>Writes everything committed from SQLite's log into the database file, so that a copy of this one file is a backup.</summary>
    /// <exception cref="VectorException">There is no such store.</exception>
    public async Task<SyncReport> SyncAsync(string? name, CancellationToken cancellationToken)
    {
        var store = await GetStoreAsync(name, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            var isBusy = (await database.Database.SqlQuery<int>($"PRAGMA wal_checkpoint(TRUNCATE)").ToListAsync(cancellationToken))[0] != 0;
            return new SyncReport(store.Name, store.Vectors, store.Dimensions, Complete: !isBusy);
        }
        catch (Exception e) when (DiskFull.Is(e))
        {
            throw DiskFull.Refusal();
        }
    }

    private static IQueryable<StoreInfo> Infos(VectorDatabase database, IQueryable<Store> stores) =>
        stores.Select(s => new StoreInfo(s.Name, s.Dimensions, database.Vectors.Count(v => v.StoreId == s.Id), s.CreatedAt));

    private static async Task<Store> FindAsync(VectorDatabase database, string? name, CancellationToken cancellationToken) =>
        await database.Stores.SingleOrDefaultAsync(s => s.Name == name, cancellationToken) ?? throw NoStore(name);

    private static void CheckDimensions(Store store, float[] vector)
    {
        if (store.Dimensions is { } dimensions && dimensions != vector.Length)
        {
            throw new VectorException(
                VectorProblem.Invalid, $"The vectors of '{store.Name}' have {dimensions} numbers; this one has {vector.Length}.");
        }
    }

    private static VectorException NoStore(string? name) => new(VectorProblem.NotFound, $"Store '{name}' does not exist.");
}

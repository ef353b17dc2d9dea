namespace VectorDb.Vectors;

/// <summary>A request that the store refuses, with a message for whoever made it.</summary>
internal sealed class VectorException(VectorProblem problem, string message) : Exception(message)
{
    public VectorProblem Problem { get; } = problem;
}

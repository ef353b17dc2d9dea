namespace VectorDb.Vectors;

/// <summary>Why a request to the store was refused.</summary>
internal enum VectorProblem
{
    Invalid,
    NotFound,
    Conflict,
    DiskFull,
}

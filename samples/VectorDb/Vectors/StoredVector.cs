using System.Runtime.InteropServices;

namespace VectorDb.Vectors;

/// <summary>A vector as it is in the database: its numbers one after the other, four bytes each.</summary>
internal sealed class StoredVector
{
    public int StoreId { get; set; }

    public required string Id { get; set; }

    public required byte[] Values { get; set; }

    public string? Metadata { get; set; }

    public static byte[] ToBytes(ReadOnlySpan<float> vector) => MemoryMarshal.AsBytes(vector).ToArray();

    public static ReadOnlySpan<float> ToVector(byte[] values) => MemoryMarshal.Cast<byte, float>(values);
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace PortGen.Instances;

/// <summary>What a running application leaves about itself in its instance file.</summary>
internal sealed record InstanceRecord
{
    /// <summary>The name of the entry assembly. With <see cref="ContentRoot"/> it says which application this is.</summary>
    public required string Application { get; init; }

    /// <summary>The content root: another checkout is another application.</summary>
    public required string ContentRoot { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>When the process started, as the system counts it: only compared for equality and order.</summary>
    public required long StartTime { get; init; }

    /// <summary>This run of the machine; process ids and start times mean nothing in another.</summary>
    public required string BootId { get; init; }

    /// <summary>The namespace that the process id belongs to.</summary>
    public required string PidNamespace { get; init; }

    public required string Executable { get; init; }

    /// <summary>The assembly as the command line of the dotnet host names it; <see langword="null"/> where the executable is the application's own.</summary>
    public string? EntryAssembly { get; init; }

    /// <summary>The port numbers that it holds.</summary>
    public required IReadOnlyList<int> Ports { get; init; }

    /// <summary>Whether the process started before the other. Ties have an order too, so that of two instances never both are the earlier one.</summary>
    public bool IsEarlierThan(InstanceRecord other) => (StartTime, ProcessId).CompareTo((other.StartTime, other.ProcessId)) < 0;

    public bool IsSameApplication(InstanceRecord other) => Application == other.Application && ContentRoot == other.ContentRoot;

    /// <summary>The record as the file has it. By hand, because every start writes one, and the serializer takes longer to be compiled than all else of it.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("application", Application);
            json.WriteString("contentRoot", ContentRoot);
            json.WriteNumber("processId", ProcessId);
            json.WriteNumber("startTime", StartTime);
            json.WriteString("bootId", BootId);
            json.WriteString("pidNamespace", PidNamespace);
            json.WriteString("executable", Executable);
            json.WriteString("entryAssembly", EntryAssembly);
            json.WriteStartArray("ports");
            foreach (var port in Ports)
            {
                json.WriteNumberValue(port);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a file's content; <see langword="null"/> if it is no record or has values that no record can have.</summary>
    public static InstanceRecord? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, InstanceJson.Default.InstanceRecord);

            // Zero and negative ids mean groups of processes to kill(2).
            return record is { ProcessId: > 0 } && record.Ports.All(static p => p is > 0 and <= PortNumber.Max) ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class InstanceJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace PortGen.Instances;

/// <summary>What a running application leaves about itself in its instance file.</summary>
internal sealed record InstanceRecord
{
    /// <summary>The form of the record. What is only added, and may be missed, doesn't raise it: a reader leaves out what it doesn't know.</summary>
    public const int CurrentFormat = 1;

    /// <summary>A <see cref="State"/>: its ports are bound, and not all of its services have started.</summary>
    public const string Starting = "starting";

    /// <summary>A <see cref="State"/>: all of its services have started.</summary>
    public const string Running = "running";

    /// <summary>A <see cref="State"/>: it has been told to stop.</summary>
    public const string Stopping = "stopping";

    /// <inheritdoc cref="CurrentFormat"/>
    public required int Format { get; init; }

    /// <summary>The application's name, for messages.</summary>
    public required string Application { get; init; }

    /// <summary>Which application this is, see <see cref="ApplicationIdentity.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>How far the application is.</summary>
    public required string State { get; init; }

    /// <summary>Whether it was started with force restart.</summary>
    public bool ForceRestart { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>When the process started, as the system counts it: only compared for equality and order.</summary>
    public required long StartTime { get; init; }

    /// <summary>This run of the machine; process ids and start times mean nothing in another.</summary>
    public required string BootId { get; init; }

    /// <summary>The namespace that the process id belongs to.</summary>
    public required string PidNamespace { get; init; }

    /// <summary>The network that the port numbers belong to; empty where there is only one.</summary>
    public required string NetworkNamespace { get; init; }

    public required string Executable { get; init; }

    /// <summary>The assembly as the command line of the dotnet host names it; <see langword="null"/> where the executable is the application's own.</summary>
    public string? EntryAssembly { get; init; }

    /// <summary>The port numbers that it holds.</summary>
    public required IReadOnlyList<int> Ports { get; init; }

    /// <summary>Whether the process started before the other. Ties have an order too, so that of two instances never both are the earlier one.</summary>
    public bool IsEarlierThan(InstanceRecord other) => (StartTime, ProcessId).CompareTo((other.StartTime, other.ProcessId)) < 0;

    public bool IsSameApplication(InstanceRecord other) => Id == other.Id;

    public bool IsSameProcess(InstanceRecord? other) => (ProcessId, PidNamespace, BootId) == (other?.ProcessId, other?.PidNamespace, other?.BootId);

    /// <summary>The record as the file has it. By hand, because every start writes one, and the serializer takes longer to be compiled than all else of it.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("application", Application);
            json.WriteString("id", Id);
            json.WriteString("state", State);
            json.WriteBoolean("forceRestart", ForceRestart);
            json.WriteNumber("processId", ProcessId);
            json.WriteNumber("startTime", StartTime);
            json.WriteString("bootId", BootId);
            json.WriteString("pidNamespace", PidNamespace);
            json.WriteString("networkNamespace", NetworkNamespace);
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

    /// <summary>Whether a file's content is of a later version, which may say what it likes.</summary>
    public static bool IsOfLaterFormat(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out var format)
                && format.ValueKind == JsonValueKind.Number && format.TryGetInt32(out var number) && number > CurrentFormat;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a file's content; <see langword="null"/> if it is not a record or has values that a record can't have.</summary>
    public static InstanceRecord? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, InstanceJson.Default.InstanceRecord);

            // Zero and negative ids mean groups of processes to kill(2).
            return record is { Format: CurrentFormat, ProcessId: > 0 } && record.Ports.All(static p => p is > 0 and <= PortNumber.Max) ? record : null;
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

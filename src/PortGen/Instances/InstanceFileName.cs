using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PortGen.Instances;

/// <summary>The name of an instance file. Files of other names in the folder are somebody else's and never touched.</summary>
/// <param name="Hash">Of the application's id, 16 hexadecimal digits.</param>
/// <param name="Namespace">The number of the pid namespace: containers may share the folder, and each has a process 1.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Sequence">Tells several hosts in one process apart.</param>
internal sealed record InstanceFileName(string Hash, ulong Namespace, int ProcessId, int Sequence)
{
    private const string Extension = ".json";
    private const string TemporaryExtension = ".tmp";
    private const string LockExtension = ".lock";
    private const string ControlExtension = ".sock";

    public static InstanceFileName Of(InstanceRecord record, int sequence) =>
        new(HashOf(record), NumberOf(record.PidNamespace), record.ProcessId, sequence);

    /// <summary>The file whose lock the starts of an application with force restart take in turn.</summary>
    public static string LockOf(InstanceRecord record) => HashOf(record) + LockExtension;

    /// <summary>The name under which the file is written before it is renamed.</summary>
    public string Temporary => Stem + TemporaryExtension;

    /// <summary>The socket by which the process can be spoken to.</summary>
    public string Control => Stem + ControlExtension;

    /// <summary>The name that the socket has until it is private.</summary>
    public string TemporaryControl => Control + TemporaryExtension;

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{Hash}-{Namespace}-{ProcessId}-{Sequence}");

    public override string ToString() => Stem + Extension;

    /// <summary>Whether a record may be in a file of this name.</summary>
    public bool Fits(InstanceRecord record) => this == Of(record, Sequence);

    /// <summary>Whether it is the name of a file of the same application.</summary>
    public bool IsOfApplication(InstanceRecord record) => Hash == HashOf(record);

    /// <summary>Whether the process id is one of this process's pid namespace.</summary>
    public bool IsOfNamespace(InstanceRecord record) => Namespace == NumberOf(record.PidNamespace);

    /// <summary>Reads a name; exactly what <see cref="ToString"/> and <see cref="Temporary"/> write.</summary>
    public static bool TryParse(string fileName, out InstanceFileName name, out bool isTemporary)
    {
        name = new InstanceFileName("", 0, 0, 0);
        var extension = Path.GetExtension(fileName);
        isTemporary = extension == TemporaryExtension;
        var parts = Path.GetFileNameWithoutExtension(fileName).Split('-');
        if (parts is not [{ Length: 16 } hash, var space, var process, var sequence] || !hash.All(char.IsAsciiHexDigitLower)
            || !ulong.TryParse(space, NumberStyles.None, CultureInfo.InvariantCulture, out var spaceNumber)
            || !int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            || !int.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNumber))
        {
            return false;
        }

        name = new InstanceFileName(hash, spaceNumber, processId, sequenceNumber);
        return fileName == (isTemporary ? name.Temporary : name.ToString());
    }

    /// <summary>Reads the name of a control socket, also of one that is not ready yet.</summary>
    /// <param name="fileName">The name.</param>
    /// <param name="name">That of the instance file that it goes with.</param>
    public static bool TryParseControl(string fileName, out InstanceFileName name)
    {
        var stem = fileName.EndsWith(TemporaryExtension, StringComparison.Ordinal) ? fileName[..^TemporaryExtension.Length] : fileName;
        return TryParse(Path.ChangeExtension(stem, Extension), out name, out _) && stem == name.Control;
    }

    private static string HashOf(InstanceRecord record) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.Id)))[..16];

    // Linux writes "pid:[4026531836]"; a system without namespaces has an empty text.
    private static ulong NumberOf(string pidNamespace) =>
        ulong.TryParse(pidNamespace.AsSpan().Trim("pid:[]"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

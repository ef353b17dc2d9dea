using System.Globalization;
using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace PortGen.Tasks;

/// <summary>Reads from a manifest which ports an image has to expose.</summary>
[MSBuildMultiThreadableTask]
public sealed class GetContainerPorts : Microsoft.Build.Utilities.Task
{
    /// <summary>The full path of the manifest, as <see cref="CheckPortSettings"/> wrote it.</summary>
    [Required]
    public string ManifestFile { get; set; } = "";

    /// <summary>A <c>ContainerPort</c> for each port that prefers a number: in a container it gets that number or none.</summary>
    [Output]
    public ITaskItem[] Ports { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(ManifestFile));
            Ports =
            [
                .. manifest.RootElement.GetProperty("ports").EnumerateArray()
                    .Select(static p => p.GetProperty("port").GetInt32())
                    .Where(static p => p != 0)
                    .Distinct()
                    .Select(static p => new TaskItem(p.ToString(CultureInfo.InvariantCulture), new Dictionary<string, string> { ["Type"] = "tcp" })),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            Log.LogError("PortGen could not read the manifest '{0}': {1}", ManifestFile, e.Message);
        }

        return !Log.HasLoggedErrors;
    }
}

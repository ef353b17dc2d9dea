using Microsoft.Build.Framework;

namespace PortGen.Tasks;

/// <summary>Checks a project's settings files against the ports its assembly declares, and writes the ports as JSON.</summary>
public sealed class CheckPortSettings : Microsoft.Build.Utilities.Task
{
    /// <summary>The full path of the compiled assembly.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>The settings files: <c>appsettings.json</c> and <c>appsettings.{Environment}.json</c>.</summary>
    public ITaskItem[] SettingsFiles { get; set; } = [];

    /// <summary>Where to write the ports; the file is left alone where it says the same already.</summary>
    [Required]
    public string ManifestFile { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            var ports = ManifestReader.Read(Assembly);
            if (ports.Count > 0)
            {
                Check(ports);
                WriteIfChanged(ManifestFile, ManifestWriter.Write(ports));
            }
            else
            {
                File.Delete(ManifestFile);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            Log.LogError("PortGen could not read '{0}' or write '{1}': {2}", Assembly, ManifestFile, e.Message);
        }

        return !Log.HasLoggedErrors;
    }

    private void Check(IReadOnlyList<DeclaredPort> ports)
    {
        var files = new List<SettingsSource>();
        foreach (var item in SettingsFiles)
        {
            try
            {
                files.Add(new SettingsSource(item.ItemSpec, File.ReadAllBytes(item.GetMetadata("FullPath"))));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var message = PortRule.UnreadableFile.Format(item.ItemSpec, e.Message);
                Log.LogError(null, PortRule.UnreadableFile.Id, null, item.ItemSpec, 0, 0, 0, 0, "{0}", message);
            }
        }

        foreach (var problem in SettingsChecker.Check(ports, files))
        {
            Report(problem);
        }
    }

    private void Report(SettingsProblem problem)
    {
        var (file, line, column) = (problem.File, problem.Line, problem.Column);
        if (problem.Rule.Severity == PortRuleSeverity.Error)
        {
            Log.LogError(null, problem.Rule.Id, null, file, line, column, 0, 0, "{0}", problem.Message);
        }
        else
        {
            Log.LogWarning(null, problem.Rule.Id, null, file, line, column, 0, 0, "{0}", problem.Message);
        }
    }

    // A file that is written anew with the same content would make everything that depends on it run again.
    private static void WriteIfChanged(string path, byte[] content)
    {
        if (!File.Exists(path) || !File.ReadAllBytes(path).SequenceEqual(content))
        {
            File.WriteAllBytes(path, content);
        }
    }
}

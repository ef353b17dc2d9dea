using Microsoft.Build.Framework;

namespace PortGen.Tasks;

/// <summary>Checks a project's settings files against the ports of its application, and writes the ports as JSON.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckPortSettings : Microsoft.Build.Utilities.Task
{
    /// <summary>The full path of the compiled assembly.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>The full paths of the assemblies it references.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>Whether an assembly that declares no service is still an application: all its services are in libraries.</summary>
    public bool IsApplication { get; set; }

    /// <summary>The full path of the project.</summary>
    public string Project { get; set; } = "";

    /// <summary>Whether to check the attributes too, because no analyzer has: in a language other than C#.</summary>
    public bool ChecksDeclarations { get; set; }

    /// <summary>
    /// The full paths of the settings files. <c>TargetPath</c> is the name the application reads it by, unless that is the file's own:
    /// <c>appsettings.json</c> or <c>appsettings.{Environment}.json</c>. If two have the same name, the last wins.
    /// </summary>
    public ITaskItem[] SettingsFiles { get; set; } = [];

    /// <summary>The full path to write the ports to; the file is left alone if its content is the same.</summary>
    [Required]
    public string ManifestFile { get; set; } = "";

    /// <summary>The full path to write the JSON schema of the settings files to; empty for none. It is also written if settings are wrong, when it helps most.</summary>
    public string SchemaFile { get; set; } = "";

    /// <summary>Whether to write a manifest and a schema; if not, those of an earlier build are deleted.</summary>
    public bool WriteManifest { get; set; }

    /// <summary>Severities of individual rules: <c>id=severity</c>, separated by semicolons.</summary>
    public string? Severities { get; set; }

    /// <summary>The project property of that name.</summary>
    public string? NoWarn { get; set; }

    /// <inheritdoc cref="NoWarn"/>
    public bool TreatWarningsAsErrors { get; set; }

    /// <inheritdoc cref="NoWarn"/>
    public string? WarningsAsErrors { get; set; }

    /// <inheritdoc cref="NoWarn"/>
    public string? WarningsNotAsErrors { get; set; }

    /// <summary>Whether the project has a manifest now.</summary>
    [Output]
    public bool HasManifest { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            var ports = ApplicationPorts.Read(Assembly, References.Where(static r => !IsOfFramework(r)).Select(static r => r.ItemSpec), IsApplication);
            HasManifest = WriteManifest && ports.Count > 0;
            WriteSchema(ports);
            var effective = ports.Count > 0 ? Check(ports) : [];
            if (!Log.HasLoggedErrors)
            {
                Write(ManifestFile, () => ManifestWriter.Write(effective));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            Log.LogError("PortGen could not read '{0}' or write '{1}': {2}", Assembly, ManifestFile, e.Message);
        }

        HasManifest &= !Log.HasLoggedErrors;
        return !Log.HasLoggedErrors;
    }

    // Hundreds of files that export no ports: opening them would take most of the time.
    private static bool IsOfFramework(ITaskItem reference) => reference.GetMetadata("FrameworkReferenceName").Length > 0;

    private IReadOnlyList<EffectivePort> Check(IReadOnlyList<DeclaredPort> ports)
    {
        var log = new ProblemLog(Log, Project, new RuleSeverities(Severities)
        {
            NoWarn = NoWarn,
            TreatWarningsAsErrors = TreatWarningsAsErrors,
            WarningsAsErrors = WarningsAsErrors,
            WarningsNotAsErrors = WarningsNotAsErrors,
        });
        var files = new List<SettingsSource>();
        foreach (var file in SettingsFiles)
        {
            var path = file.ItemSpec;
            try
            {
                var source = new SettingsSource(path, File.ReadAllBytes(path));
                files.Add(file.GetMetadata("TargetPath") is { Length: > 0 } name ? source with { Name = name } : source);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.Report(new(PortRule.UnreadableFile, path, 0, 0, PortRule.UnreadableFile.Format(Path.GetFileName(path), e.Message)));
            }
        }

        var report = SettingsChecker.Check(ports, files);
        foreach (var problem in (ChecksDeclarations ? DeclarationChecker.Check(ports) : []).Concat(report.Problems))
        {
            log.Report(problem);
        }

        return report.Ports;
    }

    private void WriteSchema(IReadOnlyList<DeclaredPort> ports)
    {
        try
        {
            if (SchemaFile.Length > 0)
            {
                Write(SchemaFile, () => SettingsSchemaWriter.Write(ports));
            }
        }
        catch (IOException e)
        {
            // The builds of several target frameworks share it and may run side by side. It only helps editors, so no build fails for it.
            Log.LogMessage(MessageImportance.Low, "PortGen left '{0}' to another build: {1}", SchemaFile, e.Message);
        }
    }

    private void Write(string file, Func<byte[]> write)
    {
        if (!HasManifest)
        {
            File.Delete(file);
            return;
        }

        // Writing a file again with the same content would make everything that depends on it run again.
        var content = write();
        if (!File.Exists(file) || !File.ReadAllBytes(file).SequenceEqual(content))
        {
            File.WriteAllBytes(file, content);
        }
    }
}

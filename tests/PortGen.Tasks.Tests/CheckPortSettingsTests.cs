using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using PortGen.Tasks.Tests.Support;

namespace PortGen.Tasks.Tests;

/// <summary>The task by itself: assemblies on disk, files, and what it says to MSBuild.</summary>
public sealed class CheckPortSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("portgen task-").FullName;
    private readonly RecordingEngine _engine = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_diagnostic_has_file_line_column_and_a_link_to_its_page()
    {
        var settings = Write("appsettings.json", "{ \"Ports\": {\n  \"echo\": { \"Port\": 80 } } }");
        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101), settings));
        var error = Assert.Single(_engine.Errors);
        Assert.Equal(("PG0002", settings, 2, 21), (error.Code, error.File, error.LineNumber, error.ColumnNumber));
        Assert.Equal(PortRule.PortOutOfBounds.HelpLink, error.HelpLink);
        Assert.False(File.Exists(Manifest));
    }

    [Theory]
    [InlineData(null, null, false, null, null, "warning")]
    [InlineData(null, null, true, null, null, "error")]
    [InlineData(null, null, true, null, "PG0009", "warning")]
    [InlineData(null, null, false, "nullable;PG0009", null, "error")]
    [InlineData(null, "1591,pg0009", true, null, null, null)]
    [InlineData("PG0009=error", null, false, null, null, "error")]
    [InlineData("PG0001=;PG0009=none", null, true, null, null, null)]
    [InlineData("PG0009=suggestion", null, true, null, null, "message")]
    [InlineData("PG0009=warning", null, true, null, null, "error")]
    [InlineData("PG0009=error", "PG0009", false, null, null, null)]
    [InlineData("PG0009=error", null, false, null, "PG0009", "error")]
    [InlineData(null, null, false, "PG0009", "PG0009", "error")]
    [InlineData(null, null, true, "PG0009", "PG0009", "error")]
    [InlineData(null, null, true, null, "PG00090;nullable", "error")]
    [InlineData("PG0009=suggestion", null, false, "PG0009", null, "message")]
    public void A_warning_weighs_what_the_project_says(string? severities, string? noWarn, bool treatAsErrors, string? asErrors, string? notAsErrors, string? level)
    {
        var settings = Write("appsettings.json", """{ "Ports": { "echo": { "Range": "9101-40000" } } }""");
        var succeeded = Run(new EmittedAssembly("App").Declare("echo", 9101), settings, configure: t =>
        {
            (t.Severities, t.NoWarn, t.TreatWarningsAsErrors, t.WarningsAsErrors, t.WarningsNotAsErrors) = (severities, noWarn, treatAsErrors, asErrors, notAsErrors);
        });
        Assert.Equal(level != "error", succeeded);
        Assert.Equal(level == "error" ? ["PG0009"] : [], _engine.Errors.Select(static e => e.Code));
        Assert.Equal(level == "warning" ? ["PG0009"] : [], _engine.Warnings.Select(static e => e.Code));
        Assert.Equal(level == "message" ? ["PG0009"] : [], _engine.Messages.Select(static e => e.Code).Where(static c => c is not null));
        Assert.All(_engine.Warnings, static w => Assert.Equal(PortRule.EphemeralRange.HelpLink, w.HelpLink));
    }

    [Fact]
    public void An_error_can_be_silenced_and_a_severity_that_is_none_is_an_error()
    {
        var settings = Write("appsettings.json", """{ "Ports": { "echo": { "Port": 80 } } }""");
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), settings, configure: static t => t.Severities = "PG0002=none"));
        Assert.Empty(_engine.Errors);

        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101), settings, configure: static t => t.Severities = "PG0009=eror;PG0002=none"));
        Assert.Contains("PortGenSeverity_PG0009 is 'eror'", Assert.Single(_engine.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Ports": { "echo": { "Port": 9201 } } }""", "PG0006")]
    [InlineData("""{ "Ports": { "lib": { "Port": 9101 } } }""", "PG0006")]
    [InlineData("""{ "Ports": { "lib": { "Range": "9101" } } }""", "PG0007")]
    [InlineData("""{ "Ports": { "lib": { "Port": 9300 }, "other": { "Port": 9300 } } }""", "PG0006")]
    [InlineData("""{ "Ports": { "lib": { "Range": "9203-9201" } } }""", "PG0003")]
    [InlineData("""{ "Ports": { "lbi": { "Port": 9300 } } }""", "PG2002")]
    [InlineData("""{ "Ports": { "lib": { "Port": 9300 } } }""", null)]
    public void The_ports_of_referenced_libraries_count(string json, string? id)
    {
        var settings = Write("appsettings.json", json);
        string[] references =
        [
            new EmittedAssembly("Lib").Export("lib", 9201, "9201-9203").Save(_folder),
            new EmittedAssembly("Other").Export("other", 9301).Save(_folder),
            typeof(CheckPortSettings).Assembly.Location,
            Write("broken.dll", "no assembly"),
            Path.Combine(_folder, "missing.dll"),
        ];
        Assert.Equal(id is null, Run(new EmittedAssembly("App").Declare("echo", 9101), settings, references));
        Assert.Equal(id is null ? [] : [id], _engine.Errors.Select(static e => e.Code));
    }

    [Fact]
    public void Two_libraries_that_collide_are_the_project_s_warning_without_any_file()
    {
        string[] references = [new EmittedAssembly("Lib").Export("lib", 9201).Save(_folder), new EmittedAssembly("Other").Export("other", 9201).Save(_folder)];
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), null, references, static t => t.Project = "/src/App.csproj"));
        var warning = Assert.Single(_engine.Warnings);
        Assert.Equal(("PG0006", "/src/App.csproj", 0), (warning.Code, warning.File, warning.LineNumber));

        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101), null, references, static t => t.Severities = "PG0006=error"));
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), Write("appsettings.json", """{ "Ports": { "lib": { "Port": 9301 } } }"""), references));
        Assert.Single(_engine.Warnings);
    }

    [Fact]
    public void A_linked_file_is_read_by_the_name_it_is_copied_by()
    {
        var settings = Write("prod.json", """{ "Ports": { "echo": { "Port": 80 } } }""");
        Write("common.json", """{ "Ports": { "time": { "Port": 9300 } } }""");
        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101, "9101-9110").Declare("time", 9111), configure: t => t.SettingsFiles =
        [
            new TaskItem(settings, new Dictionary<string, string> { ["TargetPath"] = "appsettings.Production.json" }),
            new TaskItem(Path.Combine(_folder, "common.json"), new Dictionary<string, string> { ["TargetPath"] = "appsettings.json" }),
        ]));
        Assert.Equal(("PG0002", settings), (Assert.Single(_engine.Errors).Code, _engine.Errors[0].File));
    }

    [Fact]
    public void The_schema_is_written_also_where_settings_are_wrong_and_goes_with_the_application()
    {
        var schema = Path.Combine(_folder, "App.ports.settings.schema.json");
        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101), Write("appsettings.json", """{ "Ports": { "echo": { "Port": 80 } } }"""), configure: t => t.SchemaFile = schema));
        Assert.Contains("\"echo\"", File.ReadAllText(schema), StringComparison.Ordinal);

        var written = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(schema, written);
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), configure: t => t.SchemaFile = schema));
        Assert.Equal(written, File.GetLastWriteTimeUtc(schema));

        // Another build writes it at this moment: that is no reason to fail.
        using (new FileStream(schema, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9102), configure: t => t.SchemaFile = schema));
        }

        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), configure: t => (t.SchemaFile, t.WriteManifest) = (schema, false)));
        Assert.False(File.Exists(schema));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "PG0003")]
    public void Attributes_are_checked_where_no_analyzer_has_done_so(bool checks, string? id)
    {
        var succeeded = Run(new EmittedAssembly("App").Declare("echo", 9105, "9110-9101"), configure: t => (t.ChecksDeclarations, t.Project) = (checks, "/src/App.vbproj"));
        Assert.Equal(id is null, succeeded);
        Assert.Equal(id is null ? [] : [(id, "/src/App.vbproj")], _engine.Errors.Select(static e => (e.Code, e.File)));
    }

    [Fact]
    public void Two_ports_of_one_name_in_two_libraries_break_nothing()
    {
        string[] references = [new EmittedAssembly("Lib").Export("lib", 9201).Save(_folder), new EmittedAssembly("Other").Export("lib", 9301).Save(_folder)];
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), Write("appsettings.json", """{ "Ports": { "echo": { "Port": 9102 } } }"""), references));
        Assert.Equal(3, File.ReadAllText(Manifest).Split("\"name\"").Length - 1);
    }

    [Fact]
    public void An_application_renames_a_library_s_port_and_leaves_another_out()
    {
        string[] references = [new EmittedAssembly("Lib").Export("lib", 9201).Save(_folder), new EmittedAssembly("Other").Export("lib", 9301).Export("more", 9302).Save(_folder)];
        var application = new EmittedAssembly("App").Declare("echo", 9101).Change("Lib", "lib", "renamed").Change("Other", "lib", null, exclude: true);
        Assert.True(Run(application, Write("appsettings.json", """{ "Ports": { "renamed": { "Host": " * " }, "more": { "Port": 9303 } } }"""), references));
        Assert.Equal([("echo", "localhost", 9101), ("more", "localhost", 9303), ("renamed", "*", 9201)], Ports().Select(static p => (p.GetProperty("name").GetString(), p.GetProperty("host").GetString(), p.GetProperty("port").GetInt32())));
        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101).Change("Lib", "lib", "renamed"), Write("appsettings.json", """{ "Ports": { "lbi": { "Port": 9303 } } }"""), references));
        Assert.Contains("PG2002", _engine.Errors.Select(static e => e.Code));
    }

    [Fact]
    public void The_manifest_has_additional_ports_and_the_names_of_what_a_service_depends_on()
    {
        var depends = new EmittedAssembly("App").Declare("echo", 9101, typeName: "System.Text.Rune").Declare("rest", ["rest-2", "rest-3"], typeof(string), typeof(System.Text.Rune));
        Assert.True(Run(depends, Write("appsettings.json", """{ "Ports": { "rest-3": { "Required": false, "DevelopmentPort": 0 } } }""")));
        Assert.Equal(
            [("echo", "echo", "System.Text.Rune"), ("rest", "rest", "App.Service_rest"), ("rest-2", "rest", "App.Service_rest"), ("rest-3", "rest", "App.Service_rest")],
            Ports().Select(static p => (p.GetProperty("name").GetString()!, p.GetProperty("service").GetString()!, p.GetProperty("type").GetString()!)));
        Assert.Equal([true, true, true, false], Ports().Select(static p => p.GetProperty("required").GetBoolean()));
        // System.Text.Rune here is a class of the application's own; that of the framework, which the attribute means, is no service.
        Assert.All(Ports(), static p => Assert.Equal(0, p.GetProperty("dependsOn").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{ "ports": [{ "port": "x" }] }""")]
    [InlineData("""{ "ports": [{}] }""")]
    [InlineData("""{}""")]
    [InlineData("""[""")]
    [InlineData("""{ "ports": [{ "port": 1.5 }] }""")]
    public void A_manifest_that_can_t_be_read_is_an_error_that_names_it(string json)
    {
        var task = new GetContainerPorts { BuildEngine = _engine, ManifestFile = Write("App.ports.json", json) };
        Assert.False(task.Execute());
        Assert.Contains(Manifest, Assert.Single(_engine.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_braces_is_said_as_it_is()
    {
        var settings = Write("appsettings.json", """{ "Ports": { "echo": { "Range": "{0}" } } }""");
        foreach (var level in new[] { "error", "warning", "suggestion" })
        {
            Run(new EmittedAssembly("App").Declare("echo", 9101), settings, configure: t => t.Severities = "PG0001=" + level);
        }

        Assert.All([_engine.Errors[0].Message, _engine.Warnings[0].Message], static m => Assert.Contains("Range '{0}' of port 'echo'", m, StringComparison.Ordinal));
        Assert.Contains(_engine.Messages, static m => m.Message?.Contains("Range '{0}' of port 'echo'", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_project_that_declares_nothing_is_an_application_only_if_it_says_so()
    {
        string[] references = [new EmittedAssembly("Lib").Export("lib", 9201).Save(_folder)];
        var settings = Write("appsettings.json", """{ "Ports": { "lib": { "Port": 80 } } }""");
        Assert.True(Run(new EmittedAssembly("Tests"), settings, references));
        Assert.False(Run(new EmittedAssembly("App"), settings, references, static t => t.IsApplication = true));
        Assert.Equal("PG0002", Assert.Single(_engine.Errors).Code);
    }

    [Fact]
    public void A_library_gets_no_manifest_and_one_of_an_earlier_build_goes()
    {
        Write("App.ports.json", "{}");
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101), configure: static t => t.WriteManifest = false));
        Assert.False(File.Exists(Manifest));
    }

    [Fact]
    public void A_settings_file_that_can_t_be_opened_is_PG2001_and_an_assembly_that_is_none_is_an_error()
    {
        Assert.False(Run(new EmittedAssembly("App").Declare("echo", 9101), Path.Combine(_folder, "appsettings.json")));
        Assert.Equal("PG2001", Assert.Single(_engine.Errors).Code);

        var task = new CheckPortSettings { BuildEngine = _engine, Assembly = Write("none.dll", "none"), ManifestFile = Manifest };
        Assert.False(task.Execute());
        Assert.Contains("none.dll", _engine.Errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_exposes_each_preferred_port_once()
    {
        Assert.True(Run(new EmittedAssembly("App").Declare("echo", 9101).Declare("time", 9111).Declare("any"), Write("appsettings.json", """{ "Ports": { "time": { "Port": 9222 } } }""")));
        var task = new GetContainerPorts { BuildEngine = _engine, ManifestFile = Manifest };
        Assert.True(task.Execute());
        Assert.Equal([("9101", "tcp"), ("9222", "tcp")], task.Ports.Select(static p => (p.ItemSpec, p.GetMetadata("Type"))));

        Assert.False(new GetContainerPorts { BuildEngine = _engine, ManifestFile = Write("bad.json", """{ "ports": 1 }""") }.Execute());
        Assert.Contains("bad.json", Assert.Single(_engine.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_task_may_run_beside_others_and_keeps_nothing_that_changes()
    {
        var types = typeof(CheckPortSettings).Assembly.GetTypes();
        Assert.All(types.Where(static t => typeof(ITask).IsAssignableFrom(t)), static t =>
            Assert.Contains(t.CustomAttributes, static a => a.AttributeType.FullName == "Microsoft.Build.Framework.MSBuildMultiThreadableTaskAttribute"));
        Assert.DoesNotContain(
            types.SelectMany(static t => t.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.DeclaredOnly)),
            static f => !f.IsInitOnly && !f.IsLiteral && !f.Name.Contains('<', StringComparison.Ordinal));
    }

    private IReadOnlyList<System.Text.Json.JsonElement> Ports()
    {
        using var manifest = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Manifest));
        return [.. manifest.RootElement.GetProperty("ports").EnumerateArray().Select(static p => p.Clone())];
    }

    private string Manifest => Path.Combine(_folder, "App.ports.json");

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private bool Run(EmittedAssembly assembly, string? settings = null, string[]? references = null, Action<CheckPortSettings>? configure = null)
    {
        var task = new CheckPortSettings
        {
            BuildEngine = _engine,
            Assembly = assembly.Save(_folder),
            References = [.. (references ?? []).Select(static r => new TaskItem(r))],
            SettingsFiles = settings is null ? [] : [new TaskItem(settings)],
            ManifestFile = Manifest,
            WriteManifest = true,
        };
        configure?.Invoke(task);
        var succeeded = task.Execute();
        Assert.Equal(succeeded && task.WriteManifest && File.Exists(Manifest), task.HasManifest);
        return succeeded;
    }
}

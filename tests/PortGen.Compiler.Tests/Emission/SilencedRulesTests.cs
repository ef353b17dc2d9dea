extern alias Runtime;

using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;
using PortGen.Testing;
using PortGen.Tests.Support;
using Runtime::PortGen;
using Strings = System.StringComparison;

namespace PortGen.Compiler.Tests.Emission;

/// <summary>Whoever silences a rule, by whatever means: what compiles is never dropped. It runs, or the start refuses it.</summary>
public sealed class SilencedRulesTests
{
    // Of these nothing is generated, so there is nothing to start; or the project's properties are at fault.
    private static readonly string[] s_withoutClass = ["PG1004", "PG1007", "PG1009", "PG1012", "PG4002", "PG4003"];

    public static TheoryData<string, string> Broken => new()
    {
        { "PG0001", """[PortGen.PortService("bad", Range = "8080-")] public sealed class Bad : Base;""" },
        { "PG0002", """[PortGen.PortService("bad", Port = 80)] public sealed class Bad : Base;""" },
        { "PG0002", """[PortGen.PortService("bad", Range = "80-8080")] public sealed class Bad : Base;""" },
        { "PG0003", """[PortGen.PortService("bad", Range = "9110-9101")] public sealed class Bad : Base;""" },
        { "PG0004", """[PortGen.PortService("bad", Port = 9301, Range = "9201-9210")] public sealed class Bad : Base;""" },
        { "PG0005", """[PortGen.PortService("bad")] public sealed class Bad : Base; [PortGen.PortService("bad")] public sealed class Worse : Base;""" },
        { "PG0005", """[PortGen.PortService("bad"), PortGen.AdditionalPort("good")] public sealed class Bad : Base;""" },
        { "PG0006", """[PortGen.PortService("bad", Port = 2000)] public sealed class Bad : Base; [PortGen.PortService("worse", Port = 2000)] public sealed class Worse : Base;""" },
        { "PG0007", """[PortGen.PortService("bad", Range = "2000")] public sealed class Bad : Base; [PortGen.PortService("worse", Range = "2000")] public sealed class Worse : Base;""" },
        { "PG0008", """[PortGen.PortService("bad", DependsOn = [typeof(Worse)])] public sealed class Bad : Base; [PortGen.PortService("worse", DependsOn = [typeof(Bad)])] public sealed class Worse : Base;""" },
        { "PG0008", """[PortGen.PortService("bad", DependsOn = [typeof(Bad)])] public sealed class Bad : Base; [PortGen.PortService("on-it", DependsOn = [typeof(Bad)])] public sealed class OnIt : Base;""" },
        { "PG0011", """[PortGen.PortService("Bad")] public sealed class Bad : Base;""" },
        { "PG0011", """[PortGen.PortService("bad", Port = 0), PortGen.AdditionalPort("a b")] public sealed class Bad : Base;""" },
        { "PG0011", """[PortGen.PortService("bad"), PortGen.AdditionalPort("manifest")] public sealed class Bad : Base;""" },
        { "PG0011", """[PortGen.PortService("bad"), PortGen.AdditionalPort(null!), PortGen.AdditionalPort(null!)] public sealed class Bad : Base;""" },
        { "PG0014", """[PortGen.PortService("bad", Primary = true)] public sealed class Bad : Base; [PortGen.PortService("worse", Primary = true)] public sealed class Worse : Base;""" },
        { "PG0016", """[PortGen.PortService("bad", Host = "lokalhost")] public sealed class Bad : Base;""" },
        { "PG0017", """[PortGen.PortService("bad", HealthPath = "health")] public sealed class Bad : Base;""" },
        { "PG1001", """[PortGen.PortService("bad")] public abstract class Bad : Base;""" },
        { "PG1001", """[PortGen.PortService("bad")] public static class Bad;""" },
        { "PG1001", """[PortGen.PortService("bad")] public sealed class Bad<T> : Base;""" },
        { "PG1001", """public static class Outer { [PortGen.PortService("bad")] private sealed class Bad : Base; }""" },
        { "PG1001", """[PortGen.PortService("bad")] file sealed class Bad : Base;""" },
        { "PG1001", """[PortGen.PortService("bad"), System.Obsolete("", error: true)] public sealed class Bad : Base;""" },
        { "PG1003", """[PortGen.PortService("bad", DependsOn = [typeof(string)])] public sealed class Bad : Base;""" },
        { "PG1005", """[PortGen.PortService("bad")] public sealed class Bad;""" },
        { "PG1006", """[PortGen.PortService("bad")] public sealed class Bad : Base; [PortGen.AdditionalPort("worse")] public sealed class Worse : Base;""" },
        { "PG1010", """[assembly: PortGen.ReferencedPort("Nobody", "bad", Exclude = true)] [PortGen.PortService("bad")] public sealed class Bad : Base;""" },
    };

    [Fact]
    public void Every_rule_that_is_an_error_is_here()
    {
        var errors = RuleDescriptors.All.Where(static d => d.DefaultSeverity == DiagnosticSeverity.Error).Select(static d => d.Id).Except(s_withoutClass);
        Assert.Equal(errors, Broken.Select(static b => b.Data.Item1).Distinct());
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_silenced_declaration_is_refused_by_the_start_and_its_members_are_there(string id, string source)
    {
        var application = Compile(source + """ [PortGen.PortService("good")] public sealed class Good : Base; """);
        Assert.NotNull(application.GetType("Application.Ports")!.GetProperty("Bad"));
        Assert.NotNull(application.GetType("Application.RunningPorts")!.GetProperty("Bad"));
        var errors = await StartAsync(application, "Production");
        Assert.Contains(errors, e => e.StartsWith(id, Strings.Ordinal));
    }

    [Theory]
    [InlineData("PG0002", "Port = 2001, DevelopmentPort = 80")]
    [InlineData("PG0002", "Port = 2001, DevelopmentPort = -1")]
    [InlineData("PG0002", "Port = 2001, DevelopmentPort = 70000")]
    [InlineData("PG0006", "Port = 2001, DevelopmentPort = 19300")]
    public async Task What_is_wrong_in_Development_alone_is_refused_there(string id, string arguments)
    {
        var application = Compile($"""
            [PortGen.PortService("bad", {arguments})] public sealed class Bad : Base;
            [PortGen.PortService("good", Port = 2002, DevelopmentPort = 19300)] public sealed class Good : Base;
            """);
        Assert.Contains(await StartAsync(application, "Development"), e => e.StartsWith(id, Strings.Ordinal));
    }

    [Fact]
    public async Task A_setting_cures_what_is_about_a_number()
    {
        var application = Compile("""[PortGen.PortService("bad", Port = 9301, Range = "9210-9201")] public sealed class Bad : Base;""");
        Assert.NotEmpty(await StartAsync(application, "Production"));
        var free = FreePorts.Block(2);
        Assert.Empty(await StartAsync(application, "Production", $"--Ports:bad:Range={free}", $"--Ports:bad:Port={free.First}"));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_silenced_declaration_of_a_library_is_refused_by_the_application(string id, string source)
    {
        var assemblyAttributes = source.StartsWith("[assembly", Strings.Ordinal) ? source[..(source.IndexOf(']') + 1)] : "";
        var library = (CompilationReference)Generation.ToReference(
            "Lib", $$"""{{assemblyAttributes}} namespace Lib { {{Sources.Base}} {{source[assemblyAttributes.Length..]}} [PortGen.PortService("good")] public sealed class Good : Base; }""", asFile: false);
        var application = Compile("""[PortGen.PortService("own")] public sealed class Own : Base;""", library);
        var errors = await StartAsync(application, "Production");

        // Of a library that renames nothing there is nothing to refuse: this application has ports of its own to rename.
        Assert.Equal(id != "PG1010", errors.Any(e => e.StartsWith(id, Strings.Ordinal)));
    }

    [Fact]
    public async Task In_a_real_build_every_way_of_silencing_ends_in_the_same_refusal()
    {
        using var project = new TemporaryProject("""
            using PortGen;

            return await Ports.RunAllAsync(args);

            [PortService("first", Port = 9301, Range = "9201-9210")]
            public sealed class First : Idle;

            #pragma warning disable PG0006
            [PortService("second", Port = 9301)]
            public sealed class Second : Idle;
            #pragma warning restore PG0006

            [System.Diagnostics.CodeAnalysis.SuppressMessage("PortGen", "PG1003")]
            [PortService("third", DependsOn = [typeof(string)])]
            public sealed class Third : Idle;

            [PortService("fourth", Host = "lokalhost")]
            public sealed class Fourth : Idle;

            public abstract class Idle : IPortService
            {
                public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

                public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
            }
            """, "<NoWarn>$(NoWarn);PG0016</NoWarn>");
        project.Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.PG0004.severity = warning\n");
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 0, output);
        Assert.Contains("warning PG0004", Assert.Single(reports), Strings.Ordinal);
        Assert.Contains("\"fourth\"", await File.ReadAllTextAsync(project.PathOf("bin/Debug/net10.0/App.ports.json"), TestContext.Current.CancellationToken), Strings.Ordinal);
        (exitCode, output) = await project.DotnetAsync("bin/Debug/net10.0/App.dll");
        Assert.Equal(78, exitCode);
        Assert.Contains("PG1003", output, Strings.Ordinal);

        // Without analyzers altogether, and with that mistake mended, the others come.
        project.Write("Program.cs", (await File.ReadAllTextAsync(project.PathOf("Program.cs"), TestContext.Current.CancellationToken)).Replace("typeof(string)", "typeof(First)", Strings.Ordinal));
        (exitCode, reports, output) = await project.BuildAsync("-p:RunAnalyzers=false");
        Assert.True(exitCode == 0 && reports.Length == 0, output);
        (exitCode, output) = await project.DotnetAsync("bin/Debug/net10.0/App.dll");
        Assert.Equal(78, exitCode);
        Assert.All(new[] { "PG0004", "PG0016" }, id => Assert.Contains(id, output, Strings.Ordinal));
    }

    // What it refers to is loaded beside it, in a context of its own: each test has its own library of one name.
    private static Assembly Compile(string source, params CompilationReference[] libraries)
    {
        Generation.Driver().RunGeneratorsAndUpdateCompilation(
            Compilations.Create(source, Sources.Base).AddReferences(libraries), out var compilation, out _, TestContext.Current.CancellationToken);

        // No follow-up errors either: the only mistakes here are those of a rule.
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        var context = new AssemblyLoadContext(name: null);
        foreach (var library in libraries)
        {
            context.LoadFromStream(new MemoryStream(Generation.ToImage(library.Compilation)));
        }

        return context.LoadFromStream(new MemoryStream(Generation.ToImage(compilation)));
    }

    private static async Task<IReadOnlyList<string>> StartAsync(Assembly application, string environment, params string[] args)
    {
        var manifest = (PortManifest)application.GetType("Application.Ports")!.GetProperty("Manifest")!.GetValue(null)!;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, Args = args });
        PortHostBuilderExtensions.AddPortServices(builder, manifest);
        using var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
            return [];
        }
        catch (PortConfigurationException e)
        {
            return e.Errors;
        }
    }
}

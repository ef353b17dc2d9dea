using PortGen.Testing;
using PortGen.Tests.Support;

namespace PortGen.Compiler.Tests.Emission;

/// <summary>Generated code builds wherever a user's code does: under the strictest settings, the lowest language version, any names.</summary>
public sealed class StrictBuildTests
{
    private const string LowestVersion = "10";

    private const string Program = """
        using System.Threading;
        using System.Threading.Tasks;
        using PortGen;

        [assembly: System.CLSCompliant(true)]

        System.Console.WriteLine(Ports.Manifest.Services.Count);
        await using var app = await Ports.StartAllAsync(args);
        System.Console.WriteLine(app.String.Url);
        System.Console.WriteLine(app.System.Url);

        namespace @namespace.Größe
        {
            [System.Obsolete("Use another.")]
            [PortService("old")]
            internal sealed class Old : Service
            {
            }

            [System.Diagnostics.CodeAnalysis.Experimental("X1")]
            [PortService("new")]
            internal sealed class New : Service
            {
            }

            [PortService("string", DependsOn = new[] { typeof(Outer.@class) })]
            internal sealed class Ÿpsilon : Service
            {
            }

            internal static class Outer
            {
                [PortService("web-api", HealthPath = "/a&b")]
                [AdditionalPort("b4")]
                internal sealed class @class : Service
                {
                }
            }

            [PortService("system")]
            internal sealed class Harbour : Service
            {
            }

            [PortService("port-gen")]
            internal sealed class PortGen : Service
            {
            }

            internal abstract class Service : IPortService
            {
                public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

                public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
            }
        }
        """;

    [Theory]
    [InlineData(LowestVersion)]
    [InlineData("latest")]
    [InlineData("preview")]
    public async Task It_builds_without_a_warning_and_runs(string languageVersion)
    {
        if (languageVersion != LowestVersion)
        {
            LongTests.SkipUnlessMiddle();
        }

        // The user's own two habits that AnalysisMode All dislikes are not the matter here; generated code is.
        using var project = new TemporaryProject(Program, $"""
            <LangVersion>{languageVersion}</LangVersion>
            <ImplicitUsings>disable</ImplicitUsings>
            <AnalysisLevel>latest-all</AnalysisLevel>
            <AnalysisMode>All</AnalysisMode>
            <PortGenAccessibility>public</PortGenAccessibility>
            <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <GenerateDocumentationFile>true</GenerateDocumentationFile>
            <WarningLevel>9999</WarningLevel>
            <CheckForOverflowUnderflow>true</CheckForOverflowUnderflow>
            <EnableAotAnalyzer>true</EnableAotAnalyzer>
            <EnableTrimAnalyzer>true</EnableTrimAnalyzer>
            <EnableSingleFileAnalyzer>true</EnableSingleFileAnalyzer>
            <NoWarn>CA2007;CA1303;CA1819</NoWarn>
            """);
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 0 && reports.Length == 0, output);
        (exitCode, output) = await project.DotnetAsync("bin/Debug/net10.0/App.dll");
        Assert.True(exitCode == 0, output);
        Assert.Contains("6\n", output, StringComparison.Ordinal);
        Assert.Contains("tcp://localhost:", output, StringComparison.Ordinal);
    }
}

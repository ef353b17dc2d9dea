using System.Diagnostics;
using System.Reflection;

namespace PortGen.Testing;

/// <summary>A project in a folder of its own that uses PortGen as built here, and is built by a real <c>dotnet build</c>.</summary>
internal sealed class TemporaryProject : IDisposable
{
    private const string ProjectFile = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NuGetAudit>false</NuGetAudit>
            {properties}
            <PortGenTasksAssembly>{root}src/PortGen.Tasks/bin/{configuration}/netstandard2.0/PortGen.Tasks.dll</PortGenTasksAssembly>
            <PortGenTaskFactory>TaskHostFactory</PortGenTaskFactory>
          </PropertyGroup>
          <Import Project="{root}src/PortGen/build/PortGen.props" />
          <ItemGroup>
            <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.12" />
            <Reference Include="{root}src/PortGen/bin/{configuration}/net10.0/PortGen.dll" />
            <Analyzer Include="{root}src/PortGen.Compiler/bin/{configuration}/netstandard2.0/PortGen.Compiler.dll" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>Writes the project.</summary>
    /// <param name="program">Its one source file, <c>Program.cs</c>.</param>
    /// <param name="properties">Further properties, as XML.</param>
    public TemporaryProject(string program, string properties = "")
    {
        Write("App.csproj", ProjectFile
            .Replace("{properties}", properties, StringComparison.Ordinal)
            .Replace("{root}", Metadata("RepositoryRoot"), StringComparison.Ordinal)
            .Replace("{configuration}", Metadata("Configuration"), StringComparison.Ordinal));
        Write("Program.cs", program);

        // Nothing of the repository's own settings reaches in; the targets come where NuGet would import them.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", $"""<Project><Import Project="{Metadata("RepositoryRoot")}src/PortGen/build/PortGen.targets" /></Project>""");
        Write("Directory.Packages.props", "<Project />");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("portgen build ü-").FullName;

    public void Write(string name, string content) => File.WriteAllText(Path.Combine(Folder, name), content);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Runs <c>dotnet</c> in the folder.</summary>
    public async Task<(int ExitCode, string Output)> DotnetAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the build that runs the tests may have left in the environment.
        foreach (var name in start.Environment.Keys.Where(static k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Builds, and returns the distinct lines that report an error or a warning.</summary>
    public async Task<(int ExitCode, string[] Reports, string Output)> BuildAsync(params string[] args)
    {
        var (exitCode, output) = await DotnetAsync(["build", "--disable-build-servers", "-tl:off", .. args]);
        var reports = output.Split('\n').Select(static l => l.Trim())
            .Where(static l => l.Contains(": error ", StringComparison.Ordinal) || l.Contains(": warning ", StringComparison.Ordinal));
        return (exitCode, [.. reports.Distinct()], output);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Metadata(string key) => typeof(TemporaryProject).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}

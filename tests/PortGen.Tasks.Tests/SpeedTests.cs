using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Build.Utilities;
using PortGen.Tasks.Tests.Support;

namespace PortGen.Tasks.Tests;

public sealed class SpeedTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("portgen task-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_thousand_services_with_settings_are_checked_within_50_milliseconds()
    {
        var assembly = new EmittedAssembly("App");
        var settings = new StringBuilder("{ \"Ports\": {\n");
        for (var i = 0; i < 1000; i++)
        {
            var first = 2000 + (10 * i);
            assembly.Declare(string.Create(CultureInfo.InvariantCulture, $"service-{i}"), first, string.Create(CultureInfo.InvariantCulture, $"{first}-{first + 9}"));
            settings.Append(CultureInfo.InvariantCulture, $"  \"service-{i}\": {{ \"Port\": {first + 1}, \"Range\": \"{first}-{first + 9}\", \"Required\": false }},\n");
        }

        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, settings.Append("} }").ToString());
        File.Copy(file, Path.Combine(_folder, "appsettings.Production.json"));
        var path = assembly.Save(_folder);

        // The best of several, once the code is compiled: how long it takes, not how long a busy machine lets it wait.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 20 || (i < 300 && best >= s_limit); i++)
        {
            var engine = new RecordingEngine();
            var watch = Stopwatch.StartNew();
            var task = new CheckPortSettings
            {
                BuildEngine = engine,
                Assembly = path,
                SettingsFiles = [new TaskItem(file), new TaskItem(Path.Combine(_folder, "appsettings.Production.json"))],
                ManifestFile = Path.Combine(_folder, "App.ports.json"),
                WriteManifest = true,
            };
            Assert.True(task.Execute(), string.Join('\n', engine.Errors.Select(static e => e.Message)));
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        TestContext.Current.SendDiagnosticMessage("1,000 services: {0:F1} ms", best.TotalMilliseconds);
        Assert.True(best < s_limit, $"{best.TotalMilliseconds:F1} ms");
    }
}

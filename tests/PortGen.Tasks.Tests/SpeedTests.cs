using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Build.Utilities;
using PortGen.Tasks.Tests.Support;

namespace PortGen.Tasks.Tests;

public sealed partial class SpeedTests : IDisposable
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

        // The best of several, once the code is compiled, and the processor's time of this thread: a busy machine makes it wait, which doesn't count.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 20 || (i < 300 && best >= s_limit); i++)
        {
            var engine = new RecordingEngine();
            var task = new CheckPortSettings
            {
                BuildEngine = engine,
                Assembly = path,
                SettingsFiles = [new TaskItem(file), new TaskItem(Path.Combine(_folder, "appsettings.Production.json"))],
                ManifestFile = Path.Combine(_folder, "App.ports.json"),
                WriteManifest = true,
            };
            var before = ThreadTime();
            Assert.True(task.Execute(), string.Join('\n', engine.Errors.Select(static e => e.Message)));
            var needed = ThreadTime() - before;
            best = needed < best ? needed : best;
        }

        TestContext.Current.SendDiagnosticMessage("1,000 services: {0:F1} ms", best.TotalMilliseconds);
        Assert.True(best < s_limit, $"{best.TotalMilliseconds:F1} ms");
    }

    private static TimeSpan ThreadTime()
    {
        // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2); struct timespec on a 64-bit machine: seconds, nanoseconds.
        const int Thread = 3;
        var time = new long[2];
        Assert.Equal(0, GetTime(Thread, time));
        return TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, [Out] long[] time);
}

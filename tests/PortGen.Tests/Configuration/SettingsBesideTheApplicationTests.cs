using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>The host's own sources in a builder of the user's: what the user has set of them survives. Each test has an environment, and so a file, of its own.</summary>
public sealed class SettingsBesideTheApplicationTests : IDisposable
{
    private readonly TemporaryFolder _contentRoot = new();
    private readonly string _environment = "Test" + Guid.NewGuid().ToString("N");

    private string File => Path.Combine(AppContext.BaseDirectory, FileName);

    private string FileName => $"appsettings.{_environment}.json";

    [Fact]
    public void What_the_user_has_set_of_a_source_stays()
    {
        Write(1);
        var builder = Builder(watch: true);
        var before = builder.Configuration.Sources.ToList();
        var source = before.OfType<JsonConfigurationSource>().Single(s => s.Path == FileName);
        source.ReloadDelay = 77;
        source.OnLoadException = static context => context.Ignore = true;
        Assert.Null(SettingsBesideTheApplication.Read(builder));
        Assert.Equal("1", builder.Configuration["Test:Value"]);
        Assert.Equal(before, builder.Configuration.Sources);
        Assert.Equal((true, true, 77), (source.Optional, source.ReloadOnChange, source.ReloadDelay));
        Assert.NotNull(source.OnLoadException);
    }

    [Fact]
    public void A_source_whose_errors_the_user_ignores_is_no_error()
    {
        System.IO.File.WriteAllText(File, "{");
        var builder = Builder();
        Assert.Throws<PortConfigurationException>(() => SettingsBesideTheApplication.Read(builder));
        builder = Builder();
        builder.Configuration.Sources.OfType<JsonConfigurationSource>().Single(s => s.Path == FileName).OnLoadException = static context => context.Ignore = true;
        Assert.Null(SettingsBesideTheApplication.Read(builder));
    }

    [Fact]
    public void A_file_of_the_same_name_that_the_user_has_added_from_elsewhere_stays_there()
    {
        Write(1);
        using var elsewhere = new TemporaryFolder();
        var builder = Builder();
        builder.Configuration.AddJsonFile(Path.Combine(elsewhere.Path, FileName), optional: true, reloadOnChange: false);
        builder.Configuration.AddJsonFile(new NullFileProvider(), FileName, optional: true, reloadOnChange: false);
        var providers = builder.Configuration.Sources.OfType<JsonConfigurationSource>().TakeLast(2).Select(static s => s.FileProvider).ToList();
        SettingsBesideTheApplication.Read(builder);
        Assert.Equal(providers, builder.Configuration.Sources.OfType<JsonConfigurationSource>().TakeLast(2).Select(static s => s.FileProvider));
        Assert.Equal("1", builder.Configuration["Test:Value"]);
    }

    [Fact]
    public void A_change_of_the_file_is_seen()
    {
        Write(1);
        var builder = Builder(watch: true);
        SettingsBesideTheApplication.Read(builder);
        using var changed = new ManualResetEventSlim();
        using var registration = ChangeToken.OnChange(((IConfiguration)builder.Configuration).GetReloadToken, changed.Set);
        Write(2);
        Assert.True(changed.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(SpinWait.SpinUntil(() => builder.Configuration["Test:Value"] == "2", TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void All_sources_share_one_provider()
    {
        Write(1);
        var name = typeof(SettingsBesideTheApplicationTests).Assembly.GetName().Name + $".settings.{_environment}.json";
        var second = Path.Combine(AppContext.BaseDirectory, name);
        System.IO.File.WriteAllText(second, """{ "Test": { "Value": 3 } }""");
        try
        {
            var builder = Builder();
            SettingsBesideTheApplication.Read(builder);
            var moved = builder.Configuration.Sources.OfType<JsonConfigurationSource>().Where(s => s.Path == FileName || s.Path == name).ToList();
            Assert.Equal(2, moved.Count);
            Assert.Same(moved[0].FileProvider, moved[1].FileProvider);
            Assert.Equal("3", builder.Configuration["Test:Value"]);
        }
        finally
        {
            System.IO.File.Delete(second);
        }
    }

    [Fact]
    public void Without_a_file_beside_the_application_nothing_is_touched()
    {
        var builder = Builder();
        var providers = builder.Configuration.Sources.OfType<JsonConfigurationSource>().Select(static s => s.FileProvider).ToList();
        Assert.Null(SettingsBesideTheApplication.Read(builder));
        Assert.Equal(providers, builder.Configuration.Sources.OfType<JsonConfigurationSource>().Select(static s => s.FileProvider));
    }

    [Fact]
    public void A_warning_of_the_start_is_logged_with_the_first_plan_only()
    {
        var log = new TestLog();
        var builder = Builder();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(StartupWarning.FilesNotWatched(new IOException("the test wants it")));
        PortHostBuilderExtensions.AddPortServices(builder, Manifests.Of(Manifests.Port("web", 0)));
        using var host = builder.Build();
        var plans = host.Services.GetRequiredService<PlanSource>();
        plans.Plan();
        plans.Replan();
        Assert.Equal(
            ["Settings files are not watched, so a change takes effect only at the next start: the test wants it"],
            log.Entries.Where(static e => e.Id == 14).Select(static e => e.Text));
    }

    public void Dispose()
    {
        System.IO.File.Delete(File);
        _contentRoot.Dispose();
    }

    private void Write(int value) => System.IO.File.WriteAllText(File, $$"""{ "Test": { "Value": {{value}} } }""");

    private HostApplicationBuilder Builder(bool watch = false) => Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = [$"--hostBuilder:reloadConfigOnChange={watch}"],
        ContentRootPath = _contentRoot.Path,
        EnvironmentName = _environment,
        ApplicationName = typeof(SettingsBesideTheApplicationTests).Assembly.GetName().Name,
    });
}

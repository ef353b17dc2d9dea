using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Working folders as servers have them. A plain Generic Host is the measure: where it starts, so does PortGen, with the settings beside the application.</summary>
public sealed class WorkingFolderTests
{
    private const int User = 1000;

    [Fact]
    public async Task In_a_folder_of_another_user_it_starts_with_the_settings_beside_it()
    {
        AssertUsers();
        using var installed = new InstalledApplication();
        await using var app = installed.Start("chmod 700 .", User);
        await AssertSettingsBesideAsync(app, installed);
        Assert.DoesNotContain("PortGen[14]", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_a_folder_of_another_user_it_starts_with_one_warning()
    {
        AssertUsers();
        using var installed = new InstalledApplication();
        await using var app = installed.Start("mkdir inner && cd inner && chmod 700 ..", User);
        await AssertSettingsBesideAsync(app, installed);
        AssertWarning(app, "The working folder can't be used; the content root is the application's folder " + installed.Beside(""));
    }

    [Fact]
    public async Task In_a_folder_that_was_deleted_it_starts_with_one_warning()
    {
        using var installed = new InstalledApplication();
        await using var app = installed.Start("rmdir ../work");
        await AssertSettingsBesideAsync(app, installed);
        AssertWarning(app, "The working folder can't be used");
    }

    [Fact]
    public async Task Without_a_working_folder_a_content_root_that_is_set_counts()
    {
        using var installed = new InstalledApplication();
        var ports = FreePorts.Block(3);
        await using var app = installed.Start(
            $"mkdir ../root && echo '{InstalledApplication.SettingsFor(ports)}' > ../root/appsettings.json && rmdir ../work", null, $"--contentRoot={installed.Beside("../root")}");
        await app.WaitForAsync($"echo serves on port {ports.First}");
        Assert.DoesNotContain("PortGen[14]", app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/nowhere/at/all")]
    public async Task A_content_root_that_is_not_a_folder_ends_with_78(string root)
    {
        using var installed = new InstalledApplication();
        await using var app = installed.Start("true", null, "--contentRoot=" + root);
        await AssertUnreadableAsync(app, root);
        Assert.Contains("Set contentRoot", app.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("touch appsettings.json && chmod 000 appsettings.json")]
    [InlineData("chmod 000 ../app/appsettings.json")]
    [InlineData("rm ../app/appsettings.json && ln -s /nowhere ../app/appsettings.json")]
    [InlineData("ln -s /nowhere appsettings.json")]
    [InlineData("echo '{' > ../app/appsettings.json")]
    public async Task A_settings_file_that_can_t_be_read_ends_with_78_and_its_name(string before)
    {
        AssertUsers();
        using var installed = new InstalledApplication();
        await using var app = installed.Start(before, User);
        await AssertUnreadableAsync(app, "appsettings.json");
    }

    [Theory]
    [InlineData("appsettings.Other.json")]
    [InlineData("appsettings.Development.json")]
    public async Task A_file_that_this_run_does_not_read_changes_nothing(string name)
    {
        using var installed = new InstalledApplication();
        await using var app = installed.Start("echo '{}' > " + name);
        await AssertSettingsBesideAsync(app, installed);
    }

    [Fact]
    public async Task Below_a_file_of_the_content_root_the_one_beside_the_application_is_read()
    {
        using var installed = new InstalledApplication();
        var port = FreePorts.Block(1).First;
        await using var app = installed.Start(
            $$"""echo '{ "Ports": { "echo": { "Port": {{port}} } } }' > appsettings.Development.json""", null, "--environment=Development");
        await app.WaitForAsync($"echo serves on port {port}");
        await app.WaitForAsync($"time serves on port {installed.Ports.First + 1}");
    }

    [Fact]
    public async Task No_file_beside_the_application_overrides_one_of_the_content_root()
    {
        using var installed = new InstalledApplication();
        var ports = FreePorts.Block(3);
        await using var app = installed.Start(
            $"mv ../app/appsettings.json ../app/appsettings.Production.json && echo '{InstalledApplication.SettingsFor(ports)}' > appsettings.json");
        await app.WaitForAsync($"echo serves on port {ports.First}");
    }

    [Fact]
    public async Task The_settings_file_of_the_application_s_name_is_read_beside_it_too()
    {
        using var installed = new InstalledApplication();
        await using var app = installed.Start("mv ../app/appsettings.json ../app/HelloPorts.settings.json");
        await AssertSettingsBesideAsync(app, installed);
    }

    // 0: the host itself can't watch. 1: the host can, and then nobody. 2: enough.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Without_inotify_instances_it_runs_without_reload_and_says_so_once(int instances, int warnings)
    {
        Assert.SkipUnless(await InstalledApplication.CanLimitWatchersAsync(), "user namespaces can't be made here");
        using var installed = new InstalledApplication();
        await using var app = installed.StartWithWatchers(instances);
        await AssertSettingsBesideAsync(app, installed);
        Assert.Equal(warnings, app.Output.Split("Settings files are not watched, so a change takes effect only at the next start: ").Length - 1);
        Assert.Equal(warnings, app.Output.Split("PortGen[14]").Length - 1);
    }

    private static void AssertUsers() => Assert.SkipUnless(AppProcess.CanBecome(User), "another user can't be had here: not root, or no setpriv(1)");

    private static async Task AssertSettingsBesideAsync(AppProcess app, InstalledApplication installed)
    {
        await app.WaitForAsync($"echo serves on port {installed.Ports.First}");
        await app.WaitForAsync("Application started");
    }

    private static void AssertWarning(AppProcess app, string text)
    {
        Assert.Single(app.Output.Split('\n'), static l => l.Contains("PortGen[14]", StringComparison.Ordinal));
        Assert.Contains(text, app.Output, StringComparison.Ordinal);
    }

    private static async Task AssertUnreadableAsync(AppProcess app, string name)
    {
        Assert.Equal(78, await app.WaitForExitAsync());
        Assert.StartsWith("PG2001: ", app.Errors, StringComparison.Ordinal);
        Assert.Contains(name, app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Errors + app.Output, StringComparison.Ordinal);
    }
}

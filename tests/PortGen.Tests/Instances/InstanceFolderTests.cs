using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Portable;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Where the folder of the instance files is, and what is read from it.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class InstanceFolderTests : IDisposable
{
    private const UnixFileMode OwnOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly InstanceFileName s_name = new("0123456789abcdef", 1, 2, 3);

    private readonly TemporaryFolder _runtime = new();
    private readonly TemporaryFolder _temporary = new();

    private string Fallback => Path.Combine(_temporary.Path, $"portgen-{UnixCalls.User}");

    [Fact]
    public void It_is_in_the_user_s_runtime_directory()
    {
        using var environment = new ProcessEnvironment(("XDG_RUNTIME_DIR", _runtime.Path), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        var folder = folders.All[0];
        Assert.Equal(Path.Combine(_runtime.Path, "portgen"), folder.Name);
        Assert.Equal(OwnOnly, File.GetUnixFileMode(folder.Name));
    }

    [Fact]
    public void Every_folder_that_another_shell_or_service_of_the_user_knows_is_one()
    {
        var service = Directory.CreateDirectory(Path.Combine(_temporary.Path, "service")).FullName;
        using var environment = new ProcessEnvironment(("RUNTIME_DIRECTORY", service + ":/missing/folder:relative"), ("XDG_RUNTIME_DIR", _runtime.Path), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        string[] given = [Path.Combine(service, "portgen"), Path.Combine(_runtime.Path, "portgen"), Fallback, $"/tmp/portgen-{UnixCalls.User}"];
        Assert.Equal(given, folders.All.Select(static f => f.Name).Where(static n => !n.StartsWith("/run/user/", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_that_two_variables_lead_to_is_one_folder()
    {
        var link = Path.Combine(_temporary.Path, "link");
        Directory.CreateSymbolicLink(link, _runtime.Path);
        using var environment = new ProcessEnvironment(("RUNTIME_DIRECTORY", link), ("XDG_RUNTIME_DIR", _runtime.Path));
        using var folders = PrivateFolders.Open("portgen");
        Assert.Equal(Path.Combine(link, "portgen"), folders.All[0].Name);
        Assert.DoesNotContain(Path.Combine(_runtime.Path, "portgen"), folders.All.Select(static f => f.Name));
    }

    [Fact]
    public void A_lock_is_one_holder_s_until_it_lets_go_or_the_file_is_another()
    {
        using var folder = new LinuxPrivateFolder(Path.Combine(_runtime.Path, "portgen"));
        var path = Path.Combine(folder.Name, "a.lock");
        var first = folder.TryLock("a.lock", [1, 2, 3])!;
        Assert.Null(folder.TryLock("a.lock", [4]));
        Assert.Equal([1, 2, 3], folder.Read("a.lock").Content);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        first.Dispose();
        using (folder.TryLock("a.lock", [4])!)
        {
            Assert.Equal([4], folder.Read("a.lock").Content);
        }

        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(_temporary.Path, "precious"));
        Assert.Equal($"{path}: Too many levels of symbolic links", Assert.Throws<IOException>(() => folder.TryLock("a.lock", [])).Message);
        File.Delete(path);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, OwnOnly | UnixFileMode.OtherWrite);
        Assert.Equal($"{path} is open to other users", Assert.Throws<IOException>(() => folder.TryLock("a.lock", [])).Message);
    }

    [Fact]
    public void A_file_is_held_until_its_writer_lets_go()
    {
        using var folder = new LinuxPrivateFolder(Path.Combine(_runtime.Path, "portgen"));
        var first = folder.Write(s_name.ToString(), s_name.Temporary, [1])!;
        Assert.True(folder.IsHeld(s_name.ToString()));
        var second = folder.Write(s_name.ToString(), s_name.Temporary, [2])!;
        first.Dispose();
        Assert.True(folder.IsHeld(s_name.ToString()));
        second.Dispose();
        Assert.False(folder.IsHeld(s_name.ToString()));
    }

    [Fact]
    public void Elsewhere_than_on_Linux_a_lock_is_an_open_file()
    {
        using var environment = new ProcessEnvironment(("XDG_DATA_HOME", _runtime.Path));
        using var folder = new PortablePrivateFolder("portgen");
        Assert.Equal(folder.Name, folder.Location);
        Assert.Throws<DirectoryNotFoundException>(() => folder.TryLock("missing/a.lock", []));
        folder.TryLock("a.lock", [1, 2])!.Dispose();
        folder.TryLock("a.lock", [3])!.Dispose();
        Assert.Equal([3], File.ReadAllBytes(Path.Combine(folder.Name, "a.lock")));
        Assert.Null(folder.Write(s_name.ToString(), s_name.Temporary, [1]));
        Assert.True(folder.IsHeld(s_name.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative")]
    public void Without_a_runtime_directory_it_is_among_the_temporary_files(string directory)
    {
        using var environment = new ProcessEnvironment(("XDG_RUNTIME_DIR", directory), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        var folder = folders.All[0];
        Assert.Equal(Fallback, folder.Name);
    }

    [Fact]
    public void A_runtime_directory_that_is_not_there_is_not_made()
    {
        using var environment = new ProcessEnvironment(("XDG_RUNTIME_DIR", _runtime.Path + "/missing"), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        var folder = folders.All[0];
        Assert.Equal(Fallback, folder.Name);
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Path));
    }

    [Fact]
    public void A_runtime_directory_is_named_in_full()
    {
        using var environment = new ProcessEnvironment(("XDG_RUNTIME_DIR", Path.GetRelativePath(Environment.CurrentDirectory, _runtime.Path)), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        var folder = folders.All[0];
        Assert.Equal(Fallback, folder.Name);
    }

    [Fact]
    public async Task Nothing_stays_open()
    {
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 30; i++)
        {
            using (var folder = new LinuxPrivateFolder(Path.Combine(_runtime.Path, "portgen")))
            {
                folder.Write(s_name.ToString(), s_name.Temporary, [1])?.Dispose();
                Assert.NotNull(folder.Read(s_name.ToString()).Content);
            }

            Assert.Throws<IOException>(static () => new LinuxPrivateFolder("/usr"));
            using var handle = new LinuxProcessHandle(new LinuxProcessTable(), sleep.Id, usesDescriptor: true);
            Assert.False(await handle.WaitForExitAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        }

        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 20);
    }

    [Fact]
    public void A_runtime_directory_that_is_open_to_others_is_not_used()
    {
        File.SetUnixFileMode(_runtime.Path, OwnOnly | UnixFileMode.OtherRead);
        using var environment = new ProcessEnvironment(("XDG_RUNTIME_DIR", _runtime.Path), ("TMPDIR", _temporary.Path));
        using var folders = PrivateFolders.Open("portgen");
        var folder = folders.All[0];
        Assert.Equal(Fallback, folder.Name);
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Path));
    }

    [Fact]
    public void Elsewhere_than_on_Linux_it_is_among_the_user_s_application_data()
    {
        using var environment = new ProcessEnvironment(("XDG_DATA_HOME", _runtime.Path));
        using var folder = new PortablePrivateFolder("portgen");
        Assert.Equal(Path.Combine(_runtime.Path, "portgen"), folder.Name);
        Assert.Equal(OwnOnly, File.GetUnixFileMode(folder.Name));
        AssertReads(folder, "it is gone", "it is a link, or is too large", "it is a link, or is too large");
        Assert.True(folder.IsOwn("whatever"));

        Directory.Move(folder.Name, _temporary.Path + "/moved");
        Directory.CreateSymbolicLink(folder.Name, _temporary.Path + "/moved");
        Assert.Contains(folder.Name + " is a link", Assert.Throws<IOException>(static () => new PortablePrivateFolder("portgen")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_read_whole_or_not_at_all()
    {
        using var folder = new LinuxPrivateFolder(Path.Combine(_runtime.Path, "portgen"));
        AssertReads(folder, "No such file or directory", "Too many levels of symbolic links", "it is not a regular file, or is too large");
        Assert.True(folder.IsOwn("link"));
        Assert.False(folder.IsOwn("missing"));
        Directory.CreateDirectory(Path.Combine(folder.Name, "folder"), OwnOnly);
        Assert.Equal(new FileReading(null, "it is not a regular file, or is too large"), folder.Read("folder"));
        File.SetUnixFileMode(Path.Combine(folder.Name, "large"), OwnOnly | UnixFileMode.GroupRead);
        Assert.Equal(new FileReading(null, "it is open to other users"), folder.Read("large"));
        Assert.SkipUnless(InstanceStage.IsRoot, "only root can give a file away");
        InstanceStage.Chown(Path.Combine(folder.Name, "large"));
        Assert.Equal(new FileReading(null, "it belongs to another user"), folder.Read("large"));
        Assert.False(folder.IsOwn("large"));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_overwritten()
    {
        using var folder = new LinuxPrivateFolder(Path.Combine(_runtime.Path, "portgen"));
        File.WriteAllText(Path.Combine(folder.Name, s_name.Temporary), "half");
        folder.Write(s_name.ToString(), s_name.Temporary, [1, 2]);
        folder.Write(s_name.ToString(), s_name.Temporary, [3]);
        Assert.Equal([3], folder.Read(s_name.ToString()).Content);
        Assert.Equal([s_name.ToString()], folder.List());
    }

    [Fact]
    public void A_link_to_a_folder_is_not_followed()
    {
        var path = Path.Combine(_runtime.Path, "portgen");
        Directory.CreateSymbolicLink(path, Directory.CreateDirectory(_temporary.Path + "/elsewhere", OwnOnly).FullName);
        Assert.Equal($"{path} is not a folder of this user: Not a directory", Assert.Throws<IOException>(() => new LinuxPrivateFolder(path)).Message);
    }

    public void Dispose()
    {
        _runtime.Dispose();
        _temporary.Dispose();
    }

    private static void AssertReads(PrivateFolder folder, string missing, string link, string large)
    {
        folder.Write(s_name.ToString(), s_name.Temporary, [1, 2, 3]);
        var path = Path.Combine(folder.Name, s_name.ToString());
        File.CreateSymbolicLink(Path.Combine(folder.Name, "link"), path);
        Write("largest", 64 * 1024);
        Write("large", (64 * 1024) + 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([1, 2, 3], folder.Read(s_name.ToString()).Content);
        Assert.Equal(64 * 1024, folder.Read("largest").Content!.Length);
        Assert.Equal(new FileReading(null, missing, IsMissing: true), folder.Read("missing"));
        Assert.Equal(new FileReading(null, link), folder.Read("link"));
        Assert.Equal(new FileReading(null, large), folder.Read("large"));
        Assert.Equal([s_name.ToString(), "large", "largest", "link"], folder.List().Order(StringComparer.Ordinal));
        folder.Delete("link");
        Assert.True(File.Exists(path));
        File.CreateSymbolicLink(Path.Combine(folder.Name, "link"), path);

        void Write(string name, int length)
        {
            File.WriteAllBytes(Path.Combine(folder.Name, name), new byte[length]);
            File.SetUnixFileMode(Path.Combine(folder.Name, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}

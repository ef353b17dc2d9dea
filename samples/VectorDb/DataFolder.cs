using System.Text;

namespace VectorDb;

/// <summary>
/// The folder of the databases and the signing key, for this user alone: <c>Storage:Folder</c>, else one in the user's local application data.
/// </summary>
internal sealed class DataFolder
{
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public DataFolder(IConfiguration configuration)
    {
        var configured = configuration["Storage:Folder"];
        Path = System.IO.Path.GetFullPath(string.IsNullOrEmpty(configured) ? DefaultPath() : configured);
        Use(static path => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, PrivateFolder));
    }

    public string Path { get; }

    /// <summary>The connection string of a database in the folder.</summary>
    /// <remarks>SQLite gives its side files the mode of the database, so that one is made first.</remarks>
    public string Database(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Use(_ => new FileStream(path, Options(FileMode.OpenOrCreate))).Dispose();
        return $"Data Source={path}";
    }

    /// <summary>A small file with a secret, which is made where there is none: whole or not at all. Two processes at once get the same.</summary>
    /// <exception cref="InvalidOperationException">Others than its user may have read or changed it.</exception>
    public PrivateFile ReadOrCreate(string name, Func<string> content)
    {
        var path = System.IO.Path.Combine(Path, name);
        return Use(_ =>
        {
            if (!File.Exists(path))
            {
                Create(path, content());
            }

            PrivateFile.Check(path);
            return new PrivateFile(path, File.ReadAllText(path));
        });
    }

    private static void Create(string path, string content)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(draft, Options(FileMode.CreateNew)))
            {
                stream.Write(Encoding.UTF8.GetBytes(content));

                // A name on the disk before its content would be an empty file after a power cut.
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(draft);
        }
    }

    // A container's root is often read-only, and its user has no home.
    private T Use<T>(Func<string, T> use)
    {
        try
        {
            return use(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The data folder {Path} can't be used: {e.Message}. Set Storage:Folder (in the environment Storage__Folder) to a folder that this user may write to, such as a volume",
                e);
        }
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }

        return options;
    }

    // A container's user may have no home.
    private static string DefaultPath()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0 ? System.IO.Path.Combine(home, "vectordb") : System.IO.Path.Combine(AppContext.BaseDirectory, "data");
    }
}

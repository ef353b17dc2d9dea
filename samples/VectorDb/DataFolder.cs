namespace VectorDb;

/// <summary>
/// The folder of the databases and the signing key, for this user alone: <c>Storage:Folder</c>, else one in the user's local application data.
/// </summary>
internal sealed class DataFolder
{
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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

    /// <summary>The content of a small file, which is made where there is none. Two processes at once get the same.</summary>
    public string ReadOrCreate(string name, Func<string> content) => Use(folder => ReadOrCreateFile(System.IO.Path.Combine(folder, name), content));

    private static string ReadOrCreateFile(string path, Func<string> content)
    {
        if (!File.Exists(path))
        {
            var draft = $"{path}.{Guid.NewGuid():N}";
            using (var writer = new StreamWriter(draft, Options(FileMode.CreateNew)))
            {
                writer.Write(content());
            }

            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(draft);
            }
        }

        return File.ReadAllText(path);
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
            options.UnixCreateMode = PrivateFile;
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

namespace VectorDb;

/// <summary>The folder of the databases and the signing key, readable by this user alone: <c>Storage:Folder</c>, else one in the user's local application data.</summary>
internal sealed class DataFolder
{
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public DataFolder(IConfiguration configuration)
    {
        var configured = configuration["Storage:Folder"];
        Path = System.IO.Path.GetFullPath(string.IsNullOrEmpty(configured) ? DefaultPath() : configured);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, PrivateFolder);
        }
    }

    public string Path { get; }

    /// <summary>The connection string of a database in the folder. SQLite gives its side files the mode of the database, so this file is made first.</summary>
    public string Database(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        new FileStream(path, Options(FileMode.OpenOrCreate)).Dispose();
        return $"Data Source={path}";
    }

    /// <summary>The content of a small file; where there is none, it is made. Of two processes that come at once, both get what the first has made.</summary>
    public string ReadOrCreate(string name, Func<string> content)
    {
        var path = System.IO.Path.Combine(Path, name);
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

using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PortGen.Package.Tests.Containers;

/// <summary>An image registry on loopback (Debian's docker-registry) with a base image that is made here.</summary>
internal sealed partial class LocalRegistry : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly HttpClient _client;

    private LocalRegistry(Process process, string address)
    {
        _process = process;
        Address = address;
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public static bool IsInstalled => File.Exists("/usr/bin/docker-registry");

    /// <summary>Starts a registry whose images are in the folder.</summary>
    public static async Task<LocalRegistry> StartAsync(string folder)
    {
        var config = Path.Combine(folder, "registry.yml");
        await File.WriteAllTextAsync(config, $$"""
            version: 0.1
            storage: { filesystem: { rootdirectory: "{{Path.Combine(folder, "images")}}" } }
            http: { addr: "127.0.0.1:0" }
            """);
        var process = new Process { StartInfo = new ProcessStartInfo("/usr/bin/docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true } };
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnLine(string? line)
        {
            if (line is not null && Listening().Match(line) is { Success: true } match)
            {
                listening.TrySetResult("localhost:" + match.Groups[1].Value);
            }
        }

        process.OutputDataReceived += (_, e) => OnLine(e.Data);
        process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new LocalRegistry(process, await listening.Task.WaitAsync(s_patience));
    }

    /// <summary>Pushes an image of one empty layer.</summary>
    public async Task PushBaseAsync(string name, string architecture)
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "app"));
        }

        using var layer = new MemoryStream();
        await using (var zip = new GZipStream(layer, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(tar.ToArray());
        }

        var config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"{{architecture}}","os":"linux","config":{"Env":["PATH=/usr/bin"]},"rootfs":{"type":"layers","diff_ids":["{{Digest(tar.ToArray())}}"]},"history":[{"created_by":"test"}]}""");
        await PushBlobAsync(name, layer.ToArray());
        await PushBlobAsync(name, config);
        var manifest = $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
             "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{config.Length}},"digest":"{{Digest(config)}}"},
             "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{{layer.Length}},"digest":"{{Digest(layer.ToArray())}}"}]}
            """;
        using var content = new StringContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.docker.distribution.manifest.v2+json");
        using var pushed = await _client.PutAsync($"/v2/{name}/manifests/latest", content);
        pushed.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task PushBlobAsync(string name, byte[] blob)
    {
        using var begun = await _client.PostAsync($"/v2/{name}/blobs/uploads/", null);
        begun.EnsureSuccessStatusCode();
        var location = begun.Headers.Location!.ToString();
        using var content = new ByteArrayContent(blob);
        using var pushed = await _client.PutAsync($"{location}{(location.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Digest(blob)}", content);
        pushed.EnsureSuccessStatusCode();
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    [GeneratedRegex("listening on 127\\.0\\.0\\.1:(\\d+)")]
    private static partial Regex Listening();
}

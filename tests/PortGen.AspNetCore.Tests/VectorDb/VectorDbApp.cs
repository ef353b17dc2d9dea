using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>The sample, running, and its clients.</summary>
internal sealed class VectorDbApp : IAsyncDisposable
{
    public const string Secret = "a secret of these tests";

    private readonly TestNetwork _network;

    private VectorDbApp(TestNetwork network, AppProcess process)
    {
        _network = network;
        Process = process;
        Http = network.CreateClient();
    }

    public AppProcess Process { get; }

    public HttpClient Http { get; }

    /// <summary>Starts it with a configured client on a folder, and waits until it serves.</summary>
    public static Task<VectorDbApp> StartAsync(TestNetwork network, TemporaryFolder folder, params (string Name, string Value)[] variables) =>
        StartAsync(network, () => AppProcess.VectorDb([], [.. Client(folder), .. variables]));

    /// <summary>Starts it in some way, and waits until it serves.</summary>
    public static async Task<VectorDbApp> StartAsync(TestNetwork network, Func<AppProcess> start)
    {
        var process = await network.RunAsync(start);
        try
        {
            await process.WaitForAsync("Application started");
            return new VectorDbApp(network, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The variables that give it a client and a folder, and time: on a machine at a load of 20 the authorization server has taken longer than the 30 s of the default.</summary>
    public static (string Name, string Value)[] Client(TemporaryFolder folder) =>
        [("OAuth__ClientId", "tests"), ("OAuth__ClientSecret", Secret), ("Storage__Folder", folder.Path), ("Ports__StartTimeout", "150")];

    /// <summary>The port that a service serves on, by its log.</summary>
    public int PortOf(string service) =>
        int.Parse(Regex.Match(Process.Output, $@"\b{service} serves on port (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The status endpoint's answer, each port by its name.</summary>
    public async Task<Dictionary<string, JsonElement>> StatusAsync()
    {
        var status = await Http.GetFromJsonAsync<JsonElement>($"http://localhost:{PortOf("rest")}/api/ports/status", TestContext.Current.CancellationToken);
        return status.GetProperty("ports").EnumerateArray().ToDictionary(static p => p.GetProperty("name").GetString()!);
    }

    /// <summary>The address of a service, as a client gets it: by asking the status endpoint.</summary>
    public async Task<string> FindAsync(string service) => (await StatusAsync())[service].GetProperty("url").GetString()!;

    public async Task<HttpResponseMessage> RequestTokenAsync(params (string Name, string Value)[] fields)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "tests", ["client_secret"] = Secret };
        foreach (var (name, value) in fields)
        {
            form[name] = value;
        }

        using var content = new FormUrlEncodedContent(form);
        return await Http.PostAsync(await FindAsync("oauth") + "/oauth/token", content, TestContext.Current.CancellationToken);
    }

    public async Task<string> TokenAsync(params (string Name, string Value)[] fields)
    {
        using var response = await RequestTokenAsync(fields);
        response.EnsureSuccessStatusCode();
        return (await response.ReadAsync()).GetProperty("access_token").GetString()!;
    }

    /// <summary>
    /// Sends a request to the REST API; a body is sent as a POST. One that is announced (RFC 9110, section 10.1.1) is sent when the server wants it: otherwise
    /// a server that refuses it closes the connection while the client still writes, and the answer may be lost.
    /// </summary>
    public async Task<HttpResponseMessage> RestAsync(string path, string? token, string? body = null, bool isAnnounced = false)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, $"{await FindAsync("rest")}/api/v1/{path}");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        request.Headers.ExpectContinue = isAnnounced ? true : null;
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A client of the MCP SDK.</summary>
    public async Task<McpClient> McpAsync(string token)
    {
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(await FindAsync("mcp") + "/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
        };
        var transport = new HttpClientTransport(options, _network.CreateClient(), loggerFactory: null, ownsHttpClient: true);
        return await McpClient.CreateAsync(transport, cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }
}

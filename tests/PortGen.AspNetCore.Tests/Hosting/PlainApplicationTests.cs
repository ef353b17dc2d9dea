using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>A web service beside the same application without PortGen: settings and features have the same effect, but for where it listens.</summary>
public sealed class PlainApplicationTests
{
    private static readonly (string Name, string Value)[] s_variables =
    [
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("ASPNETCORE_Probe__AspNetCore", "aspnetcore"),
        ("ASPNETCORE_Probe__AspNetCoreAndDotNet", "aspnetcore"),
        ("DOTNET_Probe__AspNetCoreAndDotNet", "dotnet"),
        ("DOTNET_Probe__DotNet", "dotnet"),
        ("DOTNET_Probe__DotNetAndFile", "dotnet"),
        ("Probe__Variable", "variable"),
        ("Probe__FileAndVariable", "variable"),
        ("Probe__VariableAndLine", "variable"),
        ("Probe__Number", "7"),
    ];

    // Told apart because the framework tells them apart too: what a service is called, and whom to ask.
    private static readonly (string Name, string Method, string Path, string? Body, string? Header)[] s_requests =
    [
        ("a regex in a route", "GET", "/word/abc", null, null),
        ("a regex that does not match", "GET", "/word/123", null, null),
        ("a controller", "GET", "/controller/abc", null, null),
        ("a file of the web root", "GET", "/probe.txt", null, null),
        ("a static web asset", "GET", "/site.css", null, null),
        ("an exception", "GET", "/throw", null, null),
        ("forwarded headers", "GET", "/scheme", null, "X-Forwarded-Proto: https"),
        ("a host that is not allowed", "GET", "/word/abc", null, "Host: evil.example"),
        ("compression", "GET", "/long", null, "Accept-Encoding: gzip"),
        ("JSON", "POST", "/json", """{"number":3}""", null),
        ("JSON that is none", "POST", "/json", "{", null),
        ("nothing there", "GET", "/nothing", null, null),
        ("a wrong method", "DELETE", "/word/abc", null, null),
        ("HEAD", "HEAD", "/probe.txt", null, null),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Development", false)]
    [InlineData("Production", false)]
    [InlineData("Production", true)]
    public async Task Settings_and_features_have_the_same_effect(string environment, bool isTyped)
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """{ "AllowedHosts": "localhost;127.0.0.1", "Logging": { "LogLevel": { "Probe": "Debug", "Quiet.One": "Error" }, "Console": { "LogLevel": { "Probe.Console": "Trace" } } }, "Probe": { "File": "file", "DotNetAndFile": "file", "FileAndVariable": "file" } }""");
        folder.Write($"appsettings.{environment}.json", """{ "Probe": { "FileOfEnvironment": "of the environment" } }""");
        Directory.CreateDirectory(Path.Combine(folder.Path, "public"));
        folder.Write("public/probe.txt", "a file");
        var ports = FreePorts.Block(2);
        (string Name, string Value)[] settings = [("FORWARDEDHEADERS_ENABLED", "true"), ("DETAILEDERRORS", "true"), ("WEBROOT", Path.Combine(folder.Path, "public"))];
        (string, string)[] variables =
        [
            .. s_variables, ("ASPNETCORE_ENVIRONMENT", environment), ("ASPNETCORE_CONTENTROOT", folder.Path), .. settings.Where(_ => !isTyped).Select(static s => ("ASPNETCORE_" + s.Name, s.Value)),
        ];
        string[] typed = [.. settings.Where(_ => isTyped).Select(static s => $"--{s.Name}={s.Value}")];
        await using var plain = Start(["plain", $"--urls=http://127.0.0.1:{ports.First}", .. typed], variables);
        await using var service = Start([$"--Ports:probe:Port={ports.Last}", .. typed], [.. variables, ("ASPNETCORE_URLS", "http://127.0.0.1:1"), ("ASPNETCORE_PREFERHOSTINGURLS", "true")]);
        await plain.WaitForAsync("Application started");
        await service.WaitForAsync("Application started");
        var (expected, actual) = (await ObserveAsync(ports.First), await ObserveAsync(ports.Last));
        Assert.True(expected.Count >= 30, $"{expected.Count} observations");
        foreach (var (name, value) in expected)
        {
            Assert.Equal((name, value), (name, actual[name]));
        }

        // What one provider is told belongs to it, also through the application's logging.
        Assert.Contains("trce: Probe.Console[0]", service.Output, StringComparison.Ordinal);

        // Each has what the other was not asked for.
        Assert.Contains("\"Message\":\"a line of the probe\\u0027s own\"", plain.Output, StringComparison.Ordinal);
        Assert.Contains("\"Message\":\"a line of the probe\\u0027s own\"", service.Output, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string?>> ObserveAsync(int port)
    {
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        var seen = (await client.GetFromJsonAsync<Dictionary<string, string?>>("/probe", Token))!;
        foreach (var (name, method, path, body, header) in s_requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
            }

            using var answer = await client.SendAsync(request, Token);
            var text = (await answer.Content.ReadAsStringAsync(Token)).Replace(port.ToString(CultureInfo.InvariantCulture), "PORT", StringComparison.Ordinal);
            var headers = answer.Headers.Concat(answer.Content.Headers).Where(static h => h.Key is not ("Date" or "Content-Length" or "Last-Modified" or "ETag")).Select(static h => $"{h.Key}: {string.Join(",", h.Value)}").Order();

            // A page of an exception has stack traces and identifiers of the request.
            seen.Add(name, $"{(int)answer.StatusCode} {string.Join("; ", headers)} {(answer.StatusCode == HttpStatusCode.InternalServerError ? text.Contains("thrown on purpose", StringComparison.Ordinal) : WithoutTrace(text))}");
        }

        return seen;
    }

    private static string WithoutTrace(string text) =>
        text.StartsWith('{') && JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text) is { } problem && problem.Remove("traceId") ? JsonSerializer.Serialize(problem) : text;

    private static AppProcess Start(string[] args, (string Name, string Value)[] variables) => AppProcess.Program(
        "/usr/bin/env", [.. variables.Select(static v => $"{v.Name}={v.Value}"), AppProcess.PathOf("tests/PortGen.WebProbe", "PortGen.WebProbe"), .. args, "--Probe:Line=line", "--Probe:VariableAndLine=line"]);
}

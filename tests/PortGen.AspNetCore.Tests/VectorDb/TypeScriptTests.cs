using System.Text.Json;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>The official MCP SDK for TypeScript, which knows the server's address and its own secret and finds everything else.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class TypeScriptTests(SharedApp shared)
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "TypeScript");

    [Fact]
    public async Task It_connects_lists_the_tools_and_calls_each()
    {
        Assert.SkipUnless(await RunsAsync("node", "--version") && await RunsAsync("npm", "--version"), "Node.js isn't installed");
        Assert.SkipUnless(
            File.Exists(Path.Combine(s_folder, "node_modules", ".package-lock.json")) || await RunsAsync("npm", "ci", "--prefix", s_folder, "--no-audit", "--no-fund"),
            "npm can't install @modelcontextprotocol/sdk here");
        var app = await shared.GetAsync();
        var (mcp, issuer) = (await app.FindAsync("mcp") + "/mcp", await app.FindAsync("oauth") + "/");
        await using var client = await shared.RunAsync(() => AppProcess.Program("node", [Path.Combine(s_folder, "client.mjs"), mcp, issuer, "tests", VectorDbApp.Secret], []));
        var exitCode = await client.WaitForExitAsync();
        Assert.True(exitCode == 0, client.Errors);

        var answers = JsonSerializer.Deserialize<JsonElement>(client.Output);
        Assert.Equal(["create_store", "insert_vector", "search_vectors", "sync_store"], answers.GetProperty("tools").EnumerateArray().Select(static t => t.GetString()));
        Assert.Equal("typescript", answers.GetProperty("created").GetProperty("name").GetString());
        Assert.False(answers.GetProperty("inserted").GetProperty("replaced").GetBoolean());
        Assert.Equal("a", Assert.Single(answers.GetProperty("found").GetProperty("results").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(1, answers.GetProperty("synced").GetProperty("vectors").GetInt32());
        Assert.Empty(client.Errors);
    }

    private static async Task<bool> RunsAsync(string program, params string[] args)
    {
        try
        {
            await using var process = AppProcess.Program(program, args, []);
            return await process.WaitForExitAsync() == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

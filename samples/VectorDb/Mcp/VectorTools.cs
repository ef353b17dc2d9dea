using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using ModelContextProtocol.Server;
using VectorDb.OAuth;
using VectorDb.Vectors;

namespace VectorDb.Mcp;

/// <summary>The tools. Their descriptions are what a model reads.</summary>
[McpServerToolType]
internal sealed class VectorTools(VectorStore vectors)
{
    [McpServerTool(Name = "create_store", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Creates an empty store of vectors.")]
    [Authorize(Policy = Scopes.Write)]
    public Task<StoreInfo> CreateStoreAsync(
        [Description("1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit")] string name,
        CancellationToken cancellationToken) =>
        vectors.CreateStoreAsync(name, cancellationToken);

    [McpServerTool(Name = "insert_vector", Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Stores a vector and replaces the one with the same id. All vectors of a store have the same length as the first.")]
    [Authorize(Policy = Scopes.Write)]
    public Task<InsertedVector> InsertVectorAsync(
        [Description("The store's name")] string store,
        [Description("The vector's id, 1 to 256 characters")] string id,
        [Description("The vector's numbers, at most 4096")] float[] vector,
        [Description("An object to be found with the vector")] JsonObject? metadata = null,
        CancellationToken cancellationToken = default) =>
        vectors.InsertAsync(store, id, vector, metadata?.ToJsonString(), cancellationToken);

    [McpServerTool(Name = "search_vectors", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Finds the vectors of a store that point most nearly the same way, by cosine similarity, the best first.")]
    [Authorize(Policy = Scopes.Read)]
    public async Task<SearchResult> SearchVectorsAsync(
        [Description("The store's name")] string store,
        [Description("The vector to compare with")] float[] vector,
        [Description("How many to find, 1 to 1000")] int k = 10,
        CancellationToken cancellationToken = default) =>
        new(await vectors.SearchAsync(store, vector, k, cancellationToken));

    [McpServerTool(Name = "sync_store", Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Writes everything stored so far into the database file, so that a copy of it is a backup, and reports what the store contains.")]
    [Authorize(Policy = Scopes.Write)]
    public Task<SyncReport> SyncStoreAsync([Description("The store's name")] string store, CancellationToken cancellationToken) =>
        vectors.SyncAsync(store, cancellationToken);
}

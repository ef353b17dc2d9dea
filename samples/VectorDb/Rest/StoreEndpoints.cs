using VectorDb.OAuth;
using VectorDb.Vectors;

namespace VectorDb.Rest;

/// <summary>The endpoints of the API. What they refuse, they refuse by an exception that <see cref="VectorProblems"/> answers.</summary>
internal static class StoreEndpoints
{
    public static void MapStores(this IEndpointRouteBuilder app)
    {
        var stores = app.MapGroup("/api/v1/stores");

        stores.MapGet("/", static (VectorStore vectors, CancellationToken cancellationToken) =>
            vectors.ListStoresAsync(cancellationToken)).RequireAuthorization(Scopes.Read);

        stores.MapGet("/{name}", static (string name, VectorStore vectors, CancellationToken cancellationToken) =>
            vectors.GetStoreAsync(name, cancellationToken)).RequireAuthorization(Scopes.Read);

        stores.MapPost("/", static async (NewStore store, VectorStore vectors, CancellationToken cancellationToken) =>
        {
            var created = await vectors.CreateStoreAsync(store.Name, cancellationToken);
            return TypedResults.Created($"/api/v1/stores/{created.Name}", created);
        }).RequireAuthorization(Scopes.Write);

        stores.MapPost("/{name}/vectors", static (string name, NewVector vector, VectorStore vectors, CancellationToken cancellationToken) =>
            vectors.InsertAsync(name, vector.Id, vector.Vector, vector.Metadata?.GetRawText(), cancellationToken)).RequireAuthorization(Scopes.Write);

        stores.MapPost("/{name}/search", static async (string name, SearchQuery query, VectorStore vectors, CancellationToken cancellationToken) =>
            new SearchResult(await vectors.SearchAsync(name, query.Vector, query.K, cancellationToken))).RequireAuthorization(Scopes.Read);
    }
}

using Microsoft.EntityFrameworkCore;

namespace VectorDb.Vectors;

/// <summary>Adds the vector store to the application.</summary>
internal static class VectorStoreExtensions
{
    public static void AddVectorStore(this IServiceCollection services)
    {
        services.AddDbContextFactory<VectorDatabase>(static (provider, options) =>
            options.UseSqlite(provider.GetRequiredService<DataFolder>().Database("vectors.db")));
        services.AddSingleton(static provider =>
        {
            var databases = provider.GetRequiredService<IDbContextFactory<VectorDatabase>>();
            using var database = databases.CreateDbContext();
            database.Database.EnsureCreated();

            // With a log beside the database, readers and the writer don't wait for each other.
            database.Database.ExecuteSql($"PRAGMA journal_mode = WAL");
            return new WriteQueue(databases);
        });
        services.AddSingleton<VectorStore>();
    }
}

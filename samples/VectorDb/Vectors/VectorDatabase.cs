using Microsoft.EntityFrameworkCore;

namespace VectorDb.Vectors;

/// <summary>The stores and their vectors.</summary>
internal sealed class VectorDatabase(DbContextOptions<VectorDatabase> options) : DbContext(options)
{
    public DbSet<Store> Stores => Set<Store>();

    public DbSet<StoredVector> Vectors => Set<StoredVector>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Store>().HasIndex(static s => s.Name).IsUnique();
        modelBuilder.Entity<StoredVector>().HasKey(static v => new { v.StoreId, v.Id });
        modelBuilder.Entity<StoredVector>().HasOne<Store>().WithMany().HasForeignKey(static v => v.StoreId);
    }
}

using Microsoft.EntityFrameworkCore;

namespace VectorDb.OAuth;

/// <summary>The clients, with their secrets hashed.</summary>
internal sealed class OAuthDatabase(DbContextOptions<OAuthDatabase> options) : DbContext(options);

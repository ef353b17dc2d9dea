using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace VectorDb.OAuth;

/// <summary>
/// Sees to it, before the server answers, that there is exactly one client: the configured one, else the one there is, else a generated one,
/// whose secret is shown this once.
/// </summary>
internal sealed class OAuthClient(IServiceScopeFactory scopes, IConfiguration configuration, CurrentClient current) : IHostedService
{
    private const int ShortestSecret = 16;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OAuthDatabase>().Database.EnsureCreatedAsync(cancellationToken);
        var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();

        var (id, secret) = (NullIfEmpty(configuration["OAuth:ClientId"]), NullIfEmpty(configuration["OAuth:ClientSecret"]));
        if (secret is { Length: < ShortestSecret })
        {
            throw new InvalidOperationException($"OAuth:ClientSecret must have at least {ShortestSecret} characters.");
        }

        var client = await FindAsync(clients, id, cancellationToken);
        if (client is null)
        {
            client = await CreateAsync(clients, id ?? $"vectordb-{RandomNumberGenerator.GetHexString(8, lowercase: true)}", secret, cancellationToken);
        }
        else if (secret is not null && !await clients.ValidateClientSecretAsync(client, secret, cancellationToken))
        {
            await clients.UpdateAsync(client, secret, cancellationToken);
        }

        var stored = new OpenIddictApplicationDescriptor();
        await clients.PopulateAsync(stored, client, cancellationToken);
        current.Set(stored.ClientId!, stored.ClientSecret!);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A client of an earlier configuration must not keep its access.
    private static async Task<object?> FindAsync(IOpenIddictApplicationManager clients, string? id, CancellationToken cancellationToken)
    {
        object? found = null;
        foreach (var client in await clients.ListAsync(cancellationToken: cancellationToken).ToListAsync(cancellationToken))
        {
            if (found is null && (id is null || await clients.GetClientIdAsync(client, cancellationToken) == id))
            {
                found = client;
            }
            else
            {
                await clients.DeleteAsync(client, cancellationToken);
            }
        }

        return found;
    }

    private static async Task<object> CreateAsync(IOpenIddictApplicationManager clients, string id, string? secret, CancellationToken cancellationToken)
    {
        var description = new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            ClientSecret = secret ?? Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32)),
            ClientType = ClientTypes.Confidential,
            Permissions = { Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials },
        };
        description.Permissions.UnionWith(Scopes.All.Select(static s => Permissions.Prefixes.Scope + s));
        var client = await clients.CreateAsync(description, cancellationToken);

        if (secret is null)
        {
            // On the console itself: what is logged is kept.
            Console.WriteLine($"""

                A client was made. Its secret is shown this once and stored only as a hash:
                  client_id:     {id}
                  client_secret: {description.ClientSecret}

                """);
        }

        return client;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

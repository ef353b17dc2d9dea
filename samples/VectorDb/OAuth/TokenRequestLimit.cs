using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace VectorDb.OAuth;

/// <summary>
/// Limits token requests by each client's address: a secret is stored so that it is slow to check, so whoever tries many would keep the processor from everybody.
/// </summary>
internal static class TokenRequestLimit
{
    /// <summary>How many may come at once.</summary>
    public const int Burst = 100;

    private static readonly TokenBucketRateLimiterOptions s_bucket = new()
    {
        TokenLimit = Burst,
        TokensPerPeriod = 10,
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(500),
    };

    public static void Set(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;

        // Nothing else here is posted to.
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(static context => HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress ?? IPAddress.None, static _ => s_bucket)
            : RateLimitPartition.GetNoLimiter(IPAddress.Any));
        options.OnRejected = static async (context, cancellationToken) =>
        {
            var response = context.HttpContext.Response;
            response.Headers.RetryAfter = SecondsToWait(context.Lease).ToString(CultureInfo.InvariantCulture);
            await response.WriteAsJsonAsync(new TokenError(Errors.TemporarilyUnavailable, "Too many token requests: wait and try again."), cancellationToken);
        };
    }

    private static int SecondsToWait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
}

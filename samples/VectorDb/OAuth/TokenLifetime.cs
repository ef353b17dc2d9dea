using System.Globalization;

namespace VectorDb.OAuth;

/// <summary>How long a token is good: <c>OAuth:AccessTokenLifetime</c>, in seconds or as hh:mm:ss, at most a day. 15 minutes unless it says otherwise.</summary>
internal static class TokenLifetime
{
    private const string Key = "OAuth:AccessTokenLifetime";

    private static readonly TimeSpan s_default = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <exception cref="InvalidOperationException">The setting is no such duration.</exception>
    public static TimeSpan Of(IConfiguration configuration)
    {
        var text = configuration[Key]?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return s_default;
        }

        var isRead = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        var lifetime = isRead && seconds <= s_longest.TotalSeconds ? TimeSpan.FromSeconds(seconds)
            : !isRead && text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.Zero;
        return lifetime > TimeSpan.Zero && lifetime <= s_longest
            ? lifetime
            : throw new InvalidOperationException($"{Key} is '{text}': write seconds, such as 900, or hh:mm:ss, more than 0 and at most a day");
    }
}

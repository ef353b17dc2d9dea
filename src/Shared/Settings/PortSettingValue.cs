using System.Globalization;
using System.Net;

namespace PortGen;

/// <summary>Reads the texts of settings. A text that a setting can't take is PG2003, with a reason that says what it may be.</summary>
internal static class PortSettingValue
{
    /// <summary>The host that means both loopback addresses.</summary>
    public const string Localhost = "localhost";

    /// <summary>The host that means all interfaces.</summary>
    public const string AllInterfaces = "*";

    // What a path has besides letters, digits and escapes: the rest of pchar, and the slash.
    private const string PathMarks = "/-._~!$&'()*+,;=:@";

    private static readonly TimeSpan s_longestDuration = TimeSpan.FromDays(1);

    /// <summary>Why a setting of that kind can't take the text, or <see langword="null"/> where it can. Whether the ports are allowed is for the rules.</summary>
    public static string? Defect(PortSettingKind kind, string text) => kind switch
    {
        PortSettingKind.Port => TryParsePort(text, out _) ? null : "is not a port number: write digits, 0 for no preference",
        PortSettingKind.ExternalPort => TryParsePort(text, out var port) && port is >= 1 and <= PortNumber.Max ? null : "is not an external port: write 1 to 65535",
        PortSettingKind.Boolean => TryParseBoolean(text, out _) ? null : "is neither true nor false",
        PortSettingKind.Host => IsHost(text) ? null : "is not an interface: write localhost, * for all interfaces, or an IP address",
        PortSettingKind.Path => text.Length == 0 || IsHealthPath(text) ? null : "is not a path: write one such as /health",
        PortSettingKind.Url => text.Length == 0 || IsUrl(text) ? null : "is not an address: write one such as https://shop.example.org/api, without a query",
        PortSettingKind.Duration => TryParseDuration(text, out _) ? null : "is not a duration: write seconds such as 5 or 0.5, or hh:mm:ss, at most a day",
        _ => null,
    };

    /// <summary>Digits only, outer blanks allowed.</summary>
    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port);

    /// <summary><c>true</c> or <c>false</c> in any case, or <c>1</c> or <c>0</c>, as variables often have it.</summary>
    public static bool TryParseBoolean(string text, out bool value)
    {
        var trimmed = text.Trim();
        value = trimmed == "1";
        return value || trimmed == "0" || bool.TryParse(trimmed, out value);
    }

    /// <summary>Whether a variable that is set says no all the same, in any of the ways that people write it.</summary>
    public static bool IsNo(string text) => text.Trim().ToUpperInvariant() is "0" or "FALSE" or "NO" or "OFF";

    /// <summary>Seconds, with decimals if need be, or <c>hh:mm:ss</c>; never negative, at most a day.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        var trimmed = text.Trim();
        if (trimmed.Contains(':'))
        {
            return TimeSpan.TryParseExact(trimmed, "c", CultureInfo.InvariantCulture, out duration)
                && duration >= TimeSpan.Zero && duration <= s_longestDuration;
        }

        duration = default;
        if (!double.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || !(seconds >= 0 && seconds <= s_longestDuration.TotalSeconds))
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>An absolute path of RFC 3986 (<c>path-absolute</c>): no host before it, no query or fragment behind it. An empty text means none, and is not a path.</summary>
    public static bool IsHealthPath(string text)
    {
        if (text.Length == 0 || text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && IsHex(text[i + 1]) && IsHex(text[i + 2]))
            {
                i += 2;
            }
            else if (!IsLetterOrDigit(text[i]) && PathMarks.IndexOf(text[i]) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An absolute URL with a host (RFC 3986), without what nobody could append a path to, a query or a fragment, and without a password.</summary>
    public static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase)
        && url is { Host.Length: > 0, Query: "", Fragment: "", UserInfo: "", IsFile: false }
        && text.IndexOfAny(['?', '#', ' ', '\\']) < 0;

    /// <summary><c>localhost</c>, <c>*</c>, or an address in its usual form (no IPv4 shorthand such as <c>9101</c> or <c>127.1</c>, nor hexadecimal or octal parts).</summary>
    public static bool IsHost(string text)
    {
        if (text is Localhost or AllInterfaces)
        {
            return true;
        }

        return IPAddress.TryParse(text, out var address) && (text.Contains(':') ? text[0] != '[' : address.ToString() == text);
    }

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');

    private static bool IsHex(char c) => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');
}

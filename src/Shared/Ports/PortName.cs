using System.Text;

namespace PortGen;

/// <summary>Port names, and what is derived from them: the generated property and the stem of the environment variables.</summary>
internal static class PortName
{
    /// <summary>The maximum length: that of IANA service names (RFC 6335, section 5.1), and of Kubernetes port names.</summary>
    public const int MaxLength = 15;

    /// <summary>Lower-case letters, digits and single inner hyphens, first a letter, at most <see cref="MaxLength"/>.</summary>
    public static bool IsWellFormed(string name)
    {
        if (name.Length is 0 or > MaxLength || name[0] is < 'a' or > 'z' || name[name.Length - 1] == '-')
        {
            return false;
        }

        for (var i = 1; i < name.Length; i++)
        {
            var valid = name[i] is (>= 'a' and <= 'z') or (>= '0' and <= '9') || (name[i] == '-' && name[i - 1] != '-');
            if (!valid)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name in Pascal case: <c>web-api</c> is <c>WebApi</c>.</summary>
    public static string ToIdentifier(string name)
    {
        var identifier = new StringBuilder(name.Length);
        var upper = true;
        foreach (var c in name)
        {
            if (c == '-')
            {
                upper = true;
                continue;
            }

            identifier.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return identifier.ToString();
    }

    /// <summary>The name in upper snake case, the stem of its environment variables: <c>web-api</c> is <c>WEB_API</c>.</summary>
    public static string ToVariable(string name) => name.ToUpperInvariant().Replace('-', '_');
}

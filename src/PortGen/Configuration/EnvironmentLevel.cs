using System.Collections;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace PortGen.Configuration;

/// <summary>What a provider of environment variables doesn't show: its prefix, and how its variables are really spelled.</summary>
internal static class EnvironmentLevel
{
    /// <summary>The prefix that the names of its variables have and its keys have not: empty for none, <see langword="null"/> where that is unknown.</summary>
    public static string? PrefixOf(EnvironmentVariablesConfigurationProvider provider)
    {
        try
        {
            return Prefix(provider) ?? "";
        }
        catch (MissingFieldException)
        {
            // A later version has it elsewhere. Its text names the type, and then the prefix if there is one.
            return provider.ToString() == provider.GetType().Name ? "" : null;
        }
    }

    /// <summary>The variable as it is spelled, for a message. For a section, whose key is only the beginning of a variable, the spelling is unknown.</summary>
    public static string Spell(string variable) => Environment.GetEnvironmentVariable(variable) is null ? SpellingsOf(variable).FirstOrDefault() ?? variable : variable;

    /// <summary>The names of the process's variables that mean the same to the configuration: they may differ in case, and in <c>__</c> for <c>:</c>.</summary>
    public static IEnumerable<string> SpellingsOf(string variable)
    {
        var key = Normalize(variable);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string name && Normalize(name).Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                yield return name;
            }
        }
    }

    private static string Normalize(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    // The provider shows its prefix only in its text, and a derived type can write anything there.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_prefix")]
    private static extern ref string? Prefix(EnvironmentVariablesConfigurationProvider provider);
}

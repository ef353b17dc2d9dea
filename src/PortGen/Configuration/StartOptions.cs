namespace PortGen.Configuration;

/// <summary>The command-line options <c>--force-restart</c> and <c>--take-over</c>, short for <c>--Ports:ForceRestart=true</c> and <c>--Ports:TakeOver=true</c>.</summary>
internal static class StartOptions
{
    private static readonly (string Option, PortSetting Setting)[] s_options = [("--force-restart", PortSetting.ForceRestart), ("--take-over", PortSetting.TakeOver)];

    /// <summary>
    /// The arguments with the options written out. They go to the front with their values: the configuration would take what follows an option
    /// for its value, or the option for the value of what precedes it.
    /// </summary>
    public static string[]? WriteOut(string[]? args)
    {
        foreach (var (option, setting) in s_options)
        {
            if (args?.LastOrDefault(a => Is(option, a)) is { } argument)
            {
                var value = argument.Length > option.Length ? argument[(option.Length + 1)..] : "true";
                args = [$"--{PortSetting.Section}:{setting.Key}={value}", .. args.Where(a => !Is(option, a))];
            }
        }

        return args;
    }

    /// <summary>The options among arguments, written out; for a host whose own configuration has read these, and doesn't know them.</summary>
    public static IReadOnlyList<string> FindIn(IEnumerable<string> args) => [.. WriteOut([.. args.Where(static a => Array.Exists(s_options, o => Is(o.Option, a)))])!];

    private static bool Is(string option, string argument) =>
        argument.Equals(option, StringComparison.OrdinalIgnoreCase) || argument.StartsWith(option + "=", StringComparison.OrdinalIgnoreCase);
}

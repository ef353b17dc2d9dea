namespace PortGen.Configuration;

/// <summary>The command-line option <c>--force-restart</c>, short for <c>--Ports:ForceRestart=true</c>.</summary>
internal static class ForceRestartOption
{
    private const string Option = "--force-restart";

    /// <summary>
    /// The arguments with the option written out. It goes to the front with its value: the configuration would take what follows the option
    /// for its value, or the option for the value of what precedes it.
    /// </summary>
    public static string[]? WriteOut(string[]? args)
    {
        if (args?.LastOrDefault(IsOption) is not { } option)
        {
            return args;
        }

        var value = option.Length > Option.Length ? option[(Option.Length + 1)..] : "true";
        return [$"--{PortSetting.Section}:{PortSetting.ForceRestart.Key}={value}", .. args.Where(static a => !IsOption(a))];
    }

    private static bool IsOption(string argument) =>
        argument.Equals(Option, StringComparison.OrdinalIgnoreCase) || argument.StartsWith(Option + "=", StringComparison.OrdinalIgnoreCase);
}

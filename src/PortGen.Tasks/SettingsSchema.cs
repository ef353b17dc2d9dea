using System.Text.Json.Nodes;

namespace PortGen.Tasks;

/// <summary>What a JSON schema can say about a setting's value. The configuration also reads numbers and booleans from strings.</summary>
internal static class SettingsSchema
{
    // Digits of 1024 to 65535, and of 1 to 65535, with leading zeros.
    private const string Selectable = "0*(?:102[4-9]|10[3-9][0-9]|1[1-9][0-9]{2}|[2-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    private const string Positive = "0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

    private const string IPv4 = @"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\s*$)|(?=\s*$))){4}";
    private const string IPv6 = @"(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){6}[0-9.]+|[0-9A-Fa-f:]*::[0-9A-Fa-f:.]*)(?:%[^\s]+)?";

    private static readonly Dictionary<string, string> s_descriptions = new(StringComparer.Ordinal)
    {
        [PortSetting.Port.Key] = "The preferred port, 1024 to 65535; 0 for none. Without a range beside it this port alone is allowed.",
        [PortSetting.Range.Key] = "The allowed ports, such as 8080-8089 or 8080, within 1024 to 65535.",
        [PortSetting.Host.Key] = "The interface to listen on: localhost, * for all, or an IP address.",
        [PortSetting.Required.Key] = "Whether the application ends if the port is unavailable.",
        [PortSetting.HealthPath.Key] = "The path of the health check, such as /health; empty for none.",
        [PortSetting.ExternalPort.Key] = "The port by which it is known outside, 1 to 65535.",
        [PortSetting.DevelopmentPort.Key] = "The preferred port in the Development environment; 0 for the same.",
        [PortSetting.PublicUrl.Key] = "The URL by which clients elsewhere reach it, such as https://shop.example.org; empty for none.",
        [PortSetting.BindTimeout.Key] = "How long to wait for ports to be free: seconds, or hh:mm:ss.",
        [PortSetting.StartTimeout.Key] = "How long a service may take to start: seconds, or hh:mm:ss.",
        [PortSetting.StopTimeout.Key] = "How long a service may take to stop: seconds, or hh:mm:ss.",
        [PortSetting.DrainDelay.Key] = "How long to serve on after readiness is withdrawn: seconds, or hh:mm:ss.",
        [PortSetting.RestartTimeout.Key] = "How long an earlier instance may take to stop before a force restart kills it: seconds, or hh:mm:ss.",
        [PortSetting.HandOverTimeout.Key] = "How long an application that has handed its ports over waits for its last connection to close: seconds, or hh:mm:ss.",
        [PortSetting.TakeOver.Key] = "Whether the ports of a running instance are taken over from it, without a gap.",
        [PortSetting.ForceRestart.Key] = "Whether earlier instances of the application are ended first.",
        [PortSetting.FreePorts.Key] = "Whether the system chooses every port, on loopback, for tests side by side.",
        [PortSetting.ReadyFile.Key] = "A file that exists while the application is ready.",
        [PortSetting.Application.Key] = "Which application this is, where its folder doesn't tell.",
    };

    /// <summary>The schema of one setting's value.</summary>
    public static JsonObject Of(PortSetting setting)
    {
        JsonObject[] choices = setting.Kind switch
        {
            PortSettingKind.ExternalPort => [Integer(1), Text(Positive)],
            PortSettingKind.Port => [Integer(PortNumber.Min), new() { ["type"] = "integer", ["enum"] = new JsonArray(0) }, Text($"(?:{Selectable}|0+)")],
            PortSettingKind.Range => [Integer(PortNumber.Min), Text($"{Selectable}(?:-{Selectable})?")],
            PortSettingKind.Host => [Text($@"(?:localhost|\*|{IPv4}|{IPv6})")],
            PortSettingKind.Boolean => [new() { ["type"] = "boolean" }, new() { ["type"] = "integer", ["enum"] = new JsonArray(0, 1) }, Text("(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|0|1)")],
            PortSettingKind.Path => [Text(@"(?:/(?!/)(?:[A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)?")],
            PortSettingKind.Url => [Text(@"(?:[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@\\]+(?:/[^\s?#\\]*)?)?")],
            PortSettingKind.Duration => [new() { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 86400 }, Text(@"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+|(?:0+\.)?(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9](?::[0-5]?[0-9](?:\.[0-9]{1,7})?)?|0*1\.00:00:00)")],
            _ => [new() { ["type"] = new JsonArray("string", "number", "boolean") }],
        };
        return new JsonObject
        {
            ["description"] = s_descriptions[setting.Key],
            ["anyOf"] = new JsonArray([.. choices, new JsonObject { ["type"] = "null" }]),
        };
    }

    private static JsonObject Integer(int least) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = PortNumber.Max };

    // Outer blanks are allowed in every setting.
    private static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = $@"^\s*{pattern}\s*$" };
}

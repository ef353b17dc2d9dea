namespace PortGen.Tests.Shared;

public sealed class PortSettingTests
{
    [Fact]
    public void A_port_has_these_variables() => Assert.Equal(
        [
            "WEB_API_PORT", "WEB_API_PORT_RANGE", "WEB_API_BIND_INTERFACE", "WEB_API_REQUIRED", "WEB_API_HEALTH_PATH", "WEB_API_EXTERNAL_PORT",
            "WEB_API_PORT_RANGE_START", "WEB_API_PORT_RANGE_END",
        ],
        PortSetting.Aliases("web-api"));

    [Fact]
    public void The_settings_have_these_keys()
    {
        Assert.Equal(["Port", "Range", "Host", "Required", "HealthPath", "ExternalPort", "DevelopmentPort", "PublicUrl"], PortSetting.PerPort.Select(static s => s.Key));
        Assert.Equal(["BindTimeout", "StartTimeout", "StopTimeout", "DrainDelay", "RestartTimeout", "HandOverTimeout", "ForceRestart", "TakeOver", "FreePorts", "ReadyFile", "Application"], PortSetting.Globals.Select(static s => s.Key));
        Assert.Equal(("Ports", "PORT", "BIND_ALL_INTERFACES"), (PortSetting.Section, PortSetting.GenericPortVariable, PortSetting.AllInterfacesVariable));
    }
}

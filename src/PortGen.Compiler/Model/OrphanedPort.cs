namespace PortGen.Compiler.Model;

/// <summary>An additional port of a class that is not a service.</summary>
/// <param name="Class">The class as shown in messages.</param>
/// <param name="Port">The port's name.</param>
internal sealed record OrphanedPort(string Class, string Port)
{
    /// <summary>The message of rule PG1006.</summary>
    public string Problem => $"{PortRule.PortWithoutService.Id}: {PortRule.PortWithoutService.Format(Class, Port)}";

    /// <summary>The port as a library exports it to applications: as a missing service.</summary>
    public BrokenService ToBroken() => new([new() { Name = Port, Service = Port, Type = "global::" + Class }], Problem);
}

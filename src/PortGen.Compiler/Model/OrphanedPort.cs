namespace PortGen.Compiler.Model;

/// <summary>An additional port of a class that is not a service.</summary>
/// <param name="Class">The class as a message names it.</param>
/// <param name="Port">The port's name.</param>
internal sealed record OrphanedPort(string Class, string Port)
{
    /// <summary>What rule PG1006 says of it.</summary>
    public string Problem => $"{PortRule.PortWithoutService.Id}: {PortRule.PortWithoutService.Format(Class, Port)}";

    /// <summary>The port as a library tells its applications of it: as a service that isn't there.</summary>
    public BrokenService ToBroken() => new([new() { Name = Port, Service = Port, Type = "global::" + Class }], Problem);
}

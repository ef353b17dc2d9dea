namespace PortGen.Compiler.Model;

/// <summary>What a class with <c>[PortService]</c> is to its port.</summary>
internal enum ClassRole
{
    /// <summary>It implements <c>IPortService</c>.</summary>
    Service,

    /// <summary>It has the entry point, and the application's own host serves the port.</summary>
    Host,

    /// <summary>It has what a service has, but not the interface (PG1002).</summary>
    Unfinished,

    /// <summary>Neither (PG1005).</summary>
    None,
}

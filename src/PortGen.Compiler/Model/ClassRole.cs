namespace PortGen.Compiler.Model;

/// <summary>The role of a class with <c>[PortService]</c>.</summary>
internal enum ClassRole
{
    /// <summary>It implements <c>IPortService</c>.</summary>
    Service,

    /// <summary>It has the entry point, and the application's own host serves the port.</summary>
    Host,

    /// <summary>Neither (PG1005).</summary>
    None,
}

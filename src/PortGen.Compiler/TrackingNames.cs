namespace PortGen.Compiler;

/// <summary>The names of the generator's steps, which the tests use to prove that nothing is recomputed needlessly.</summary>
internal static class TrackingNames
{
    public const string Service = nameof(Service);
    public const string DeclaredServices = nameof(DeclaredServices);
    public const string Orphans = nameof(Orphans);
    public const string Changes = nameof(Changes);
    public const string Reference = nameof(Reference);
    public const string ReferencedPorts = nameof(ReferencedPorts);
    public const string Options = nameof(Options);
    public const string Name = nameof(Name);
    public const string Manifest = nameof(Manifest);
    public const string Output = nameof(Output);

    public static readonly IReadOnlyList<string> All = [Service, DeclaredServices, Orphans, Changes, Reference, ReferencedPorts, Options, Name, Manifest, Output];
}

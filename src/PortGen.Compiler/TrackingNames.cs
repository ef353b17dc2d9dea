namespace PortGen.Compiler;

/// <summary>The names of the generator's steps, by which the tests prove that nothing is computed again without need.</summary>
internal static class TrackingNames
{
    public const string Service = nameof(Service);
    public const string DeclaredServices = nameof(DeclaredServices);
    public const string Reference = nameof(Reference);
    public const string ReferencedServices = nameof(ReferencedServices);
    public const string Options = nameof(Options);
    public const string Manifest = nameof(Manifest);
    public const string Output = nameof(Output);

    public static readonly IReadOnlyList<string> All = [Service, DeclaredServices, Reference, ReferencedServices, Options, Manifest, Output];
}

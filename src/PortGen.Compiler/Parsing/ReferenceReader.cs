using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads the ports that a reference exports.</summary>
/// <remarks>
/// Reads only the reference, never the compilation that uses it: editing the project's own code leaves its references unchanged,
/// so the result stays valid.
/// </remarks>
internal static class ReferenceReader
{
    private static readonly ConditionalWeakTable<MetadataReference, object> s_read = new();

    /// <summary>The ports of a reference: a file is read once for as long as the reference is alive.</summary>
    public static EquatableArray<DeclaredPort> Read(MetadataReference reference, CancellationToken cancellationToken)
    {
        if (s_read.TryGetValue(reference, out var known))
        {
            return (EquatableArray<DeclaredPort>)known;
        }

        var ports = ReadPorts(reference, cancellationToken).Select(p => p with { Registration = Reach(p.Registration!, reference.Properties.Aliases) }).ToEquatableArray();
        return (EquatableArray<DeclaredPort>)s_read.GetValue(reference, _ => ports);
    }

    private static IReadOnlyList<DeclaredPort> ReadPorts(MetadataReference reference, CancellationToken cancellationToken) => reference switch
    {
        // A project of the same solution that has not been compiled to a file yet.
        CompilationReference compilation => ReadPorts(compilation.Compilation.Assembly, cancellationToken),
        PortableExecutableReference file => ReadPorts(file),
        _ => [],
    };

    private static IReadOnlyList<DeclaredPort> ReadPorts(IAssemblySymbol assembly, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return
        [
            .. assembly.GetAttributes()
                .Where(static a => a.AttributeClass?.ToDisplayString() == ExportedPorts.AttributeName)
                .Select(a => DeclaredPort.FromExport(assembly.Name, new SymbolArguments(a, assembly)))
                .OfType<DeclaredPort>(),
        ];
    }

    private static IReadOnlyList<DeclaredPort> ReadPorts(PortableExecutableReference file)
    {
        try
        {
            return file.GetMetadata() is AssemblyMetadata assembly ? ExportedPorts.Read(assembly.GetModules()[0].GetMetadataReader()) : [];
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            // The compiler reports a reference it can't read.
            return [];
        }
    }

    // The types of an aliased reference are visible only under the alias.
    private static string Reach(string registration, ImmutableArray<string> aliases) => registration.Length == 0 || aliases.IsDefaultOrEmpty || aliases.Contains(MetadataReferenceProperties.GlobalAlias)
        ? registration
        : aliases[0] + registration.Substring(MetadataReferenceProperties.GlobalAlias.Length);
}

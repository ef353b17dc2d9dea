using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads the services that a reference brings along.</summary>
/// <remarks>
/// From the reference alone and never from the compilation that uses it: an edit of the project's own code leaves its references as they
/// are, so what was read of them stays.
/// </remarks>
internal static class ReferenceReader
{
    private static readonly ConditionalWeakTable<MetadataReference, object> s_read = new();

    /// <summary>The services of a reference: those of a file are read once for as long as anybody holds the reference.</summary>
    public static EquatableArray<ServiceModel> Read(MetadataReference reference, CancellationToken cancellationToken)
    {
        if (s_read.TryGetValue(reference, out var known))
        {
            return (EquatableArray<ServiceModel>)known;
        }

        var services = ToServices(ReadPorts(reference, cancellationToken)).ToEquatableArray();
        return (EquatableArray<ServiceModel>)s_read.GetValue(reference, _ => services);
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
                .Select(static a => DeclaredPort.FromExport(new SymbolArguments(a)))
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

    private static IEnumerable<ServiceModel> ToServices(IReadOnlyList<DeclaredPort> ports)
    {
        foreach (var own in ports.Where(static p => p.IsServicePort))
        {
            yield return new ServiceModel
            {
                ClassDefect = null,
                IsPortService = true,
                Ports = [own, .. ports.Where(p => p.Service == own.Name && !p.IsServicePort)],
            };
        }
    }
}

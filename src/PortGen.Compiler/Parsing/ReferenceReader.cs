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
                .Where(static a => a.AttributeClass?.ToDisplayString() == ExportedPorts.AttributeName && a.ConstructorArguments.Length == ExportedPorts.ArgumentCount)
                .Select(static a => ExportedPorts.From([.. a.ConstructorArguments.Select(static c => c.Value)], name => Named(a, name)))
                .OfType<DeclaredPort>(),
        ];
    }

    private static object? Named(AttributeData attribute, string name)
    {
        var value = attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value;
        return value.Kind == TypedConstantKind.Array && !value.IsNull ? value.Values.Select(static v => v.Value as string).OfType<string>().ToArray()
            : value.Kind == TypedConstantKind.Primitive ? value.Value : null;
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
        foreach (var own in ports.Where(static p => p.Name == p.Service))
        {
            yield return new ServiceModel
            {
                TypeName = own.Type,
                ClassDefect = null,
                IsPortService = true,
                Registration = own.Registration,
                Port = ToPort(own),
                AdditionalPorts = ports.Where(p => p.Service == own.Name && p.Name != own.Name).Select(ToPort).ToEquatableArray(),
                DependsOn = own.DependsOn.ToEquatableArray(),
            };
        }
    }

    private static PortModel ToPort(DeclaredPort port) => new()
    {
        Name = port.Name,
        Port = port.Port,
        Range = port.Range,
        Host = port.Host,
        Required = port.Required,
        HealthPath = port.HealthPath,
        DevelopmentPort = port.DevelopmentPort == 0 ? null : port.DevelopmentPort,
        Primary = port.Primary,
    };
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads a class and its port attributes into a model. It doesn't validate: half-typed attributes are normal input.</summary>
internal static class ServiceParser
{
    /// <summary>The model of the class, or <see langword="null"/> while the port, the class or its namespace has no name yet.</summary>
    /// <param name="type">The class.</param>
    /// <param name="portService">Its attribute.</param>
    /// <param name="options">Says whether the project is an application, and which class has its entry point.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static ServiceModel? Parse(INamedTypeSymbol type, AttributeData portService, CompilationOptions options, CancellationToken cancellationToken)
    {
        if (NameOf(portService) is not { } name || !HasName(type))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var role = RoleOf(type, options);
        return new ServiceModel
        {
            ClassDefect = ClassDefect(type, role),
            Role = role,
            Ports = Ports(type, portService, name),
        };
    }

    /// <summary>The class's <c>[PortService]</c>, or <see langword="null"/>.</summary>
    public static AttributeData? FindPortService(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(static a => IsNamed(a.AttributeClass, KnownNames.PortServiceAttribute));

    /// <summary>The additional port, if its class is not a service (PG1006); else <see langword="null"/>.</summary>
    public static OrphanedPort? ParseOrphan(INamedTypeSymbol type, AttributeData additionalPort) =>
        HasName(type) && FindPortService(type) is null && NameOf(additionalPort) is { } port ? new(TypeId.ToDisplayName(QualifiedName.Of(type)), port) : null;

    /// <summary>The class's <c>[AdditionalPort]</c> attributes in source order.</summary>
    public static IEnumerable<AttributeData> AdditionalPortAttributes(INamedTypeSymbol type) =>
        type.GetAttributes().Where(static a => IsNamed(a.AttributeClass, KnownNames.AdditionalPortAttribute));

    /// <summary>The name of the port an attribute declares, or <see langword="null"/> while it has none yet.</summary>
    public static string? NameOf(AttributeData attribute) => new SymbolArguments(attribute, own: null) is { Count: 1 } arguments ? arguments.Text(0) : null;

    private static EquatableArray<DeclaredPort> Ports(INamedTypeSymbol type, AttributeData portService, string service)
    {
        var typeName = QualifiedName.Of(type);
        var ports = ImmutableArray.CreateBuilder<DeclaredPort>(initialCapacity: 1);
        ports.Add(DeclaredPort.From(service, service, typeName, new SymbolArguments(portService, type.ContainingAssembly)));
        foreach (var attribute in AdditionalPortAttributes(type))
        {
            if (NameOf(attribute) is { } name)
            {
                ports.Add(DeclaredPort.From(name, service, typeName, new SymbolArguments(attribute, type.ContainingAssembly)));
            }
        }

        return new(ports.DrainToImmutable());
    }

    // The entry point's class is never instantiated.
    private static string? ClassDefect(INamedTypeSymbol type, ClassRole role)
    {
        if (type.IsStatic && role != ClassRole.Host)
        {
            return "static";
        }

        if (type.IsAbstract && !type.IsStatic && role != ClassRole.Host)
        {
            return "abstract";
        }

        if (IsObsoleteError(type))
        {
            return "marked [Obsolete] as an error";
        }

        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.Arity > 0)
            {
                return t.Equals(type, SymbolEqualityComparer.Default) ? "generic" : "nested in a generic type";
            }

            // The generated class lives in another file and outside the type.
            if (t.IsFileLocal)
            {
                return "local to its file";
            }

            if (t.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            {
                return "not accessible from the generated code";
            }
        }

        return null;
    }

    // The generated file suppresses all warnings about the class, but this error can't be suppressed.
    private static bool IsObsoleteError(INamedTypeSymbol type) => type.GetAttributes().Any(static a =>
        a is { AttributeClass: { Name: "ObsoleteAttribute", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }, ConstructorArguments: [_, { Value: true }] });

    private static ClassRole RoleOf(INamedTypeSymbol type, CompilationOptions options) =>
        IsPortService(type) ? ClassRole.Service
        : EntryPoint.Has(type, options) ? ClassRole.Host
        : ClassRole.None;

    // Avoids AllInterfaces, which allocates a list per class: nearly always one base class answers for all.
    private static bool IsPortService(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            foreach (var i in t.Interfaces)
            {
                if (IsNamed(i, KnownNames.PortServiceInterface) || i.AllInterfaces.Any(static b => IsNamed(b, KnownNames.PortServiceInterface)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // While a namespace or a class is being typed, it may not have a usable name yet.
    private static bool HasName(INamedTypeSymbol type)
    {
        for (ISymbol s = type; s is INamedTypeSymbol or INamespaceSymbol { IsGlobalNamespace: false }; s = s.ContainingSymbol)
        {
            if (s.Name.Length == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a symbol is the runtime type with that full name.</summary>
    public static bool IsNamed(INamedTypeSymbol? symbol, string fullName) =>
        symbol is { ContainingType: null, ContainingNamespace: { Name: "PortGen", ContainingNamespace.IsGlobalNamespace: true } }
        && fullName.Length == "PortGen.".Length + symbol.Name.Length
        && fullName.EndsWith(symbol.Name, StringComparison.Ordinal);
}

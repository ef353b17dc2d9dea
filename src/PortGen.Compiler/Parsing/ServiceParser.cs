using Microsoft.CodeAnalysis;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads a class and its port attributes into a model. It judges nothing: half-typed attributes are everyday input.</summary>
internal static class ServiceParser
{
    /// <summary>The model of the class, or <see langword="null"/> while the port, the class or its namespace has no name yet.</summary>
    public static ServiceModel? Parse(INamedTypeSymbol type, AttributeData portService, CancellationToken cancellationToken)
    {
        if (ParsePort(portService) is not { } port || !HasName(type))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new ServiceModel
        {
            TypeName = QualifiedName.Of(type),
            ClassDefect = ClassDefect(type),
            IsPortService = IsPortService(type),
            Registration = null,
            Port = port,
            AdditionalPorts = AdditionalPortAttributes(type).Select(ParsePort).OfType<PortModel>().ToEquatableArray(),
            DependsOn = Dependencies(portService).ToEquatableArray(),
        };
    }

    /// <summary>The class's <c>[PortService]</c>, or <see langword="null"/>.</summary>
    public static AttributeData? FindPortService(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(static a => IsNamed(a.AttributeClass, KnownNames.PortServiceAttribute));

    /// <summary>The class's <c>[AdditionalPort]</c> attributes in the order of the source.</summary>
    public static IEnumerable<AttributeData> AdditionalPortAttributes(INamedTypeSymbol type) =>
        type.GetAttributes().Where(static a => IsNamed(a.AttributeClass, KnownNames.AdditionalPortAttribute));

    /// <summary>The port an attribute declares, or <see langword="null"/> while it has no name yet.</summary>
    public static PortModel? ParsePort(AttributeData attribute)
    {
        if (attribute.ConstructorArguments is not [{ Kind: TypedConstantKind.Primitive, Value: string name }])
        {
            return null;
        }

        return new PortModel
        {
            Name = name,
            Port = Named(attribute, "Port") as int? ?? 0,
            Range = Named(attribute, "Range") as string,
            Host = Named(attribute, "Host") as string ?? PortSettingValue.Localhost,
            Required = Named(attribute, "Required") as bool? ?? true,
            HealthPath = Named(attribute, "HealthPath") as string,
            DevelopmentPort = Named(attribute, "DevelopmentPort") as int?,
            Primary = Named(attribute, "Primary") as bool? ?? false,
        };
    }

    private static object? Named(AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Kind == TypedConstantKind.Primitive)
            {
                return argument.Value.Value;
            }
        }

        return null;
    }

    // An element that isn't a type yet (an error, null) keeps its place, so that positions match the source.
    private static IEnumerable<string> Dependencies(AttributeData portService)
    {
        foreach (var argument in portService.NamedArguments)
        {
            if (argument.Key == "DependsOn" && argument.Value is { Kind: TypedConstantKind.Array, IsNull: false })
            {
                return argument.Value.Values.Select(static v => v.Value is ITypeSymbol type and not IErrorTypeSymbol
                    ? QualifiedName.Of(type)
                    : "");
            }
        }

        return [];
    }

    private static string? ClassDefect(INamedTypeSymbol type)
    {
        if (type.IsStatic)
        {
            return "static";
        }

        if (type.IsAbstract)
        {
            return "abstract";
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

    // Not by AllInterfaces, which makes a list for each class: nearly always one base class answers for all.
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

    // While a namespace or a class is being typed it may have no name that code could use.
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

    private static bool IsNamed(INamedTypeSymbol? symbol, string fullName) =>
        symbol is { ContainingType: null, ContainingNamespace: { Name: "PortGen", ContainingNamespace.IsGlobalNamespace: true } }
        && fullName.Length == "PortGen.".Length + symbol.Name.Length
        && fullName.EndsWith(symbol.Name, StringComparison.Ordinal);
}

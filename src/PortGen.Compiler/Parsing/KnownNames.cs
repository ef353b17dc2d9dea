namespace PortGen.Compiler.Parsing;

/// <summary>The runtime's types and the project's properties, as the compiler knows them.</summary>
internal static class KnownNames
{
    public const string PortServiceAttribute = "PortGen.PortServiceAttribute";
    public const string AdditionalPortAttribute = "PortGen.AdditionalPortAttribute";
    public const string ReferencedPortAttribute = ReferencedPortChange.AttributeName;
    public const string PortServiceInterface = "PortGen.IPortService";

    public const string RootNamespace = "build_property.RootNamespace";
    public const string ClassName = "build_property.PortGenClassName";
    public const string Accessibility = "build_property.PortGenAccessibility";
    public const string Application = "build_property.PortGenApplication";

    public const string RuntimeIdentifier = "build_property.RuntimeIdentifier";

    public const string DefaultClassName = "Ports";
}

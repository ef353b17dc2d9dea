using System.Reflection.Metadata;

namespace PortGen;

/// <summary>Stands for types by their full names, as attribute arguments spell them: <c>Namespace.Outer+Inner</c>.</summary>
internal sealed class TypeNames : ICustomAttributeTypeProvider<string>
{
    public static readonly TypeNames Instance = new();

    private const string SystemType = "System.Type";

    public static string FullName(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil)
        {
            return FullName(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())) + "+" + name;
        }

        return type.Namespace.IsNil ? name : metadata.GetString(type.Namespace) + "." + name;
    }

    /// <summary>The full name of an attribute's class, where that is of another assembly; else <see langword="null"/>.</summary>
    public static string? OfAttribute(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return parent.Kind == HandleKind.TypeReference
            ? Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)parent, rawTypeKind: 0)
            : null;
    }

    /// <summary>Which class a serialized type name means, as <see cref="TypeId"/> has it: <c>Namespace.Type, Assembly, Version=...</c>, the assembly only where it is another one.</summary>
    public static string IdOfSerialized(string name)
    {
        var parts = name.Split([','], 3);
        return TypeId.Of(ToCSharp(parts[0]), parts.Length > 1 ? parts[1].Trim() : null);
    }

    /// <summary>As generated code spells a full name, which is how an exported port does: <c>global::Namespace.Outer.Inner</c>.</summary>
    public static string ToCSharp(string name) => "global::" + name.Replace('+', '.');

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSystemType() => SystemType;

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        FullName(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        return type.Namespace.IsNil ? reader.GetString(type.Name) : reader.GetString(type.Namespace) + "." + reader.GetString(type.Name);
    }

    public string GetTypeFromSerializedName(string name) => name;

    // No attribute of PortGen has an argument of an enumeration; any other attribute's value is not decoded.
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

    public bool IsSystemType(string type) => type == SystemType;
}
